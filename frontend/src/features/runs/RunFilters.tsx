import { Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { Search, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFlows } from "~/api/queries/flows";
import type { RunState } from "~/api/types";
import styles from "~/features/runs/RunsPage.module.css";
import { Button } from "~/ui/Button";

const STATES: RunState[] = ["queued", "running", "parked", "succeeded", "failed", "cancelled"];

export type Filters = { q: string; flow: string; state: string; lane: string };

type Props = { value: Filters; onChange: (change: Partial<Filters>) => void };

export function RunFilters({ value, onChange }: Props) {
  const { t } = useTranslation(["runs", "operate"]);
  const flows = useFlows().data?.results ?? [];
  const [text, setText] = useState(value.q);
  const search = useDebouncedCallback((q: string) => onChange({ q }), 250);
  const filtered = value.q !== "" || value.flow !== "" || value.state !== "" || value.lane !== "";
  return (
    <search className={styles.filters}>
      <TextInput
        className={styles.text}
        aria-label={t("filter.text")}
        placeholder={t("filter.text")}
        leftSection={<Search size={14} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value.trim());
        }}
      />
      <Select
        className={styles.choice}
        aria-label={t("filter.flow")}
        placeholder={t("filter.anyFlow")}
        clearable
        value={value.flow || null}
        onChange={(flow) => onChange({ flow: flow ?? "" })}
        data={flows.map((flow) => ({ value: flow.key, label: flow.name }))}
      />
      <Select
        className={styles.choice}
        aria-label={t("filter.state")}
        placeholder={t("filter.anyState")}
        clearable
        value={value.state || null}
        onChange={(state) => onChange({ state: state ?? "" })}
        data={STATES.map((state) => ({ value: state, label: t(`state.${state}`) }))}
      />
      {value.lane !== "" && (
        <Button dense title={t("operate:lane.all")} onClick={() => onChange({ lane: "" })}>
          {t("operate:lane.filter", { id: value.lane })}
          <X size={14} aria-hidden />
        </Button>
      )}
      {filtered && (
        <Button
          dense
          tone="ghost"
          onClick={() => {
            setText("");
            onChange({ q: "", flow: "", state: "", lane: "" });
          }}
        >
          {t("filter.clear")}
        </Button>
      )}
    </search>
  );
}
