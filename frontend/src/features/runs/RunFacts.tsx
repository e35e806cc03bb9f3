import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Run } from "~/api/types";
import { formatDateTime, formatDuration, formatMoney } from "~/model/format";
import { isOver } from "~/model/overlay";
import { useNow } from "~/ui/useNow";

/** When, how long, what for, and where: one quiet line. */
export function RunFacts({ run }: { run: Run }) {
  const { t, i18n } = useTranslation("runs");
  const going = !isOver(run) && run.state !== "parked";
  const now = useNow(200, going);
  const began = run.started_at ?? run.queued_at;
  const ms = run.ms ?? (going ? Math.max(0, now - Date.parse(began)) : null);
  const facts: ReactNode[] = [
    formatDateTime(began, i18n.language),
    ms !== null && formatDuration(ms),
    run.amount && formatMoney(run.amount),
    t("facts", { flow: run.flow.name, release: run.release, environment: run.environment }),
  ].filter(Boolean);
  return (
    <span className="num">
      {facts.map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed short list in a fixed order
        <Fragment key={index}>
          {index > 0 && " · "}
          {fact}
        </Fragment>
      ))}
    </span>
  );
}
