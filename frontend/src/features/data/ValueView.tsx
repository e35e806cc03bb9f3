import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "~/api/types";
import { GridView } from "~/features/data/GridView";
import { JsonTree } from "~/features/data/JsonTree";
import styles from "~/features/data/ValueView.module.css";
import { gridsOf } from "~/model/tables";
import { CopyButton } from "~/ui/CopyButton";

type View = "tree" | "table" | "text";

const isEmpty = (value: Json | undefined) =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);

/** A step's input or output: tree, tables of its lists, or plain text; copied as JSON. */
export function ValueView({
  value,
  empty,
  label,
}: {
  value: Json | undefined;
  empty: string;
  label: string;
}) {
  const { t } = useTranslation(["runs", "common"]);
  const [view, setView] = useState<View>("tree");
  if (value === undefined || isEmpty(value)) return <p className="t3">{empty}</p>;
  if (typeof value !== "object") return <code className={styles.scalar}>{JSON.stringify(value)}</code>;
  const grids = gridsOf(value);
  const views: View[] = grids.length > 0 ? ["tree", "table", "text"] : ["tree", "text"];
  const shown = views.includes(view) ? view : "tree";
  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t("data.view")}
          value={shown}
          onChange={(next) => setView(next as View)}
          data={views.map((name) => ({ value: name, label: t(`data.${name}`) }))}
        />
        <CopyButton value={() => JSON.stringify(value, null, 2)} />
      </div>
      <div className={styles.body}>
        {shown === "tree" && <JsonTree value={value} label={label} />}
        {shown === "table" && grids.map((grid) => <GridView key={grid.name} grid={grid} />)}
        {shown === "text" && <pre className={styles.text}>{JSON.stringify(value, null, 2)}</pre>}
      </div>
    </div>
  );
}
