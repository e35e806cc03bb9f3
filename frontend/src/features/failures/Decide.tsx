import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import { useDecide } from "~/api/queries/failures";
import type { Decision, Run } from "~/api/types";
import styles from "~/features/failures/Failures.module.css";
import { useRunTitle } from "~/features/runs/useRunTitle";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";

/**
 * What only a person can decide about one run: what was made stays, or it is made once more, with a reason; or, when
 * nobody knows whether it was made (`unknown`), that it never happened.
 */
export function Decide({ run, unknown = false }: { run: Run; unknown?: boolean }) {
  const { t } = useTranslation("failures");
  const [reason, setReason] = useState("");
  const decide = useDecide(run.id);
  const title = useRunTitle();
  const go = (decision: Decision) =>
    decide.mutate(
      { decision, reason },
      {
        onSuccess: () => toast("ok", t("decide.done", { title: title(run) })),
        onError: (error) => toast("bad", isProblem(error) ? error.message : t(`decide.${decision}`)),
      },
    );
  const withReason = (decision: "make_again" | "never_happened") => (
    <div className={styles.reason}>
      <TextInput
        aria-label={t("decide.reason")}
        placeholder={t("decide.reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button busy={decide.isPending} onClick={() => go(decision)}>
        {t(`decide.${decision}`)}
      </Button>
    </div>
  );
  return (
    <section>
      <h3>{t("decide.title", { title: title(run) })}</h3>
      {unknown ? (
        <>
          <p className="t2">{t("decide.neverHelp")}</p>
          {withReason("never_happened")}
        </>
      ) : (
        <>
          <p className="t2">{t("decide.keepHelp")}</p>
          <Button busy={decide.isPending} onClick={() => go("keep_first")}>
            {t("decide.keep_first")}
          </Button>
          <p className={`t2 ${styles.again}`}>{t("decide.againHelp")}</p>
          {withReason("make_again")}
        </>
      )}
    </section>
  );
}
