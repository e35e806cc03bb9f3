import { CirclePause, Clock, Radio, RefreshCw, TriangleAlert } from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useStart } from "~/api/queries/flows";
import type { Endpoint } from "~/api/types";
import styles from "~/features/flows/Flows.module.css";
import { formatAge, formatSpan } from "~/model/format";
import { Moment } from "~/ui/Time";
import { useNow } from "~/ui/useNow";

const Pause = lazy(async () => ({ default: (await import("~/features/operate/Pause")).Pause }));

function Polls({ poll }: { poll: NonNullable<Endpoint["poll"]> }) {
  const { t } = useTranslation("flows");
  const now = useNow(10_000);
  const looked =
    poll.last_ok === null ? t("start.neverLooked") : t("start.looked", { age: formatAge(poll.last_ok, now) });
  const found = poll.last_ok === null ? "" : `; ${t("start.found", { count: poll.last_new })}`;
  return (
    <>
      <RefreshCw size={14} aria-hidden />
      <span>
        {t("start.poll", { every: formatSpan(poll.interval) })}; {looked}
        {found}
        {poll.next_at && (
          <>
            . {t("start.nextLook")} <Moment at={poll.next_at} />
          </>
        )}
      </span>
    </>
  );
}

/** How the flow starts here: it listens, looks every so often, or waits for its next due time; and what is wrong with that. */
export function StartLine({ flow, environment }: { flow: string; environment: string }) {
  const { t } = useTranslation(["flows", "operate"]);
  const { data: start } = useStart(flow, environment);
  if (!start) return null;
  const { poll, schedule } = start;
  return (
    <div className={styles.start} data-testid="start">
      {start.kind === "webhook" && (
        <>
          <Radio size={14} aria-hidden />
          <span>{t("start.webhook")}</span>
        </>
      )}
      {poll && <Polls poll={poll} />}
      {schedule && (
        <>
          <Clock size={14} aria-hidden />
          <span>
            {schedule.description}
            {schedule.next_due && (
              <>
                . {t("start.next")} <Moment at={schedule.next_due} />
              </>
            )}
            {schedule.missed > 0 && `; ${t("start.missed", { count: schedule.missed })}`}
          </span>
        </>
      )}
      {start.paused_at !== null && (
        <p role="status">
          <CirclePause size={14} aria-hidden />
          {t("operate:pause.paused", { by: start.paused_by, why: start.paused_why })}
        </p>
      )}
      <Suspense>{start.kind !== "webhook" && <Pause endpoint={start} />}</Suspense>
      {poll?.note && (
        <p role="status">
          <TriangleAlert size={14} aria-hidden />
          {poll.note}
        </p>
      )}
    </div>
  );
}
