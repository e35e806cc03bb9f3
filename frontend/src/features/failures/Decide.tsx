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

type Props = { run: Run; unknown?: boolean; credit?: boolean };

/**
 * What only a person can decide about one run: what was made stays, or it is made once more, with a reason; or, when
 * nobody knows whether it was made (`unknown`), that it never happened. `credit`: it can be credited and made anew.
 */
export function Decide({ run, unknown = false, credit = false }: Props) {
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
  const withReason = (...decisions: ("credit_first" | "make_again" | "never_happened")[]) => (
    <div className={styles.reason}>
      <TextInput
        aria-label={t("decide.reason")}
        placeholder={t("decide.reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {decisions.map((decision) => (
        <Button key={decision} busy={decide.isPending} onClick={() => go(decision)}>
          {t(`decide.${decision}`)}
        </Button>
      ))}
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
          {credit && <p className={`t2 ${styles.again}`}>{t("decide.creditHelp")}</p>}
          <p className={`t2 ${styles.again}`}>{t("decide.againHelp")}</p>
          {credit ? withReason("credit_first", "make_again") : withReason("make_again")}
        </>
      )}
    </section>
  );
}
