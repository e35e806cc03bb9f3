import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import { useSettleFailure } from "~/api/queries/failures";
import styles from "~/features/failures/Failures.module.css";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";

/** Close a group by hand, with a note for the next person. */
export function SettleForm({ id }: { id: number }) {
  const { t } = useTranslation("failures");
  const [note, setNote] = useState("");
  const settle = useSettleFailure(id);
  const go = (act: "resolve" | "ignore") =>
    settle.mutate(
      { act, note },
      {
        onSuccess: ({ state }) => toast("ok", t("settled", { state: t(`state.${state}`).toLowerCase() })),
        onError: (error) => toast("bad", isProblem(error) ? error.message : t(act)),
      },
    );
  return (
    <div className={styles.settle}>
      <TextInput
        aria-label={t("note")}
        placeholder={t("notePlaceholder")}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Button dense busy={settle.isPending} onClick={() => go("resolve")}>
        {t("resolve")}
      </Button>
      <Button dense tone="ghost" busy={settle.isPending} onClick={() => go("ignore")}>
        {t("ignore")}
      </Button>
    </div>
  );
}
