import { CircleCheck, CircleX, Hourglass, LoaderCircle, type LucideIcon, RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Attempt, StepState } from "~/api/types";
import styles from "~/features/steps/StepPanel.module.css";
import { formatDuration, formatTime } from "~/model/format";
import { State, type Tone } from "~/ui/Badge";

const LOOK: Record<StepState, { icon: LucideIcon; tone: Tone }> = {
  begun: { icon: LoaderCircle, tone: "info" },
  done: { icon: CircleCheck, tone: "ok" },
  retry: { icon: RotateCw, tone: "warn" },
  wait: { icon: Hourglass, tone: "neutral" },
  fail: { icon: CircleX, tone: "bad" },
  skipped: { icon: Hourglass, tone: "neutral" },
};

/** Each try in words, with its time. */
export function AttemptList({ attempts }: { attempts: Attempt[] }) {
  const { t, i18n } = useTranslation("runs");
  if (attempts.length === 0) return <p className="t3">{t("attempts.none")}</p>;
  return (
    <ol className={styles.attempts}>
      {attempts.map((entry) => (
        <li key={`${entry.attempt}-${entry.started_at}`}>
          <State {...LOOK[entry.state]}>{t("attempts.attempt", { attempt: entry.attempt })}</State>
          <span className={styles.what}>{entry.problem?.sentence ?? t(`attempts.state.${entry.state}`)}</span>
          {entry.ms !== null && <span className="num t3">{formatDuration(entry.ms)}</span>}
          {entry.started_at !== null && (
            <span className="num t3">{formatTime(entry.started_at, i18n.language)}</span>
          )}
        </li>
      ))}
    </ol>
  );
}
