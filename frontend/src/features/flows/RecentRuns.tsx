import { Activity } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { FeedMode } from "~/api/feed";
import type { Run } from "~/api/types";
import { RunState } from "~/features/runs/RunState";
import { useRunTitle } from "~/features/runs/useRunTitle";
import styles from "~/features/runs/Work.module.css";
import { formatDuration, formatMoney } from "~/model/format";
import { Blank, Loading } from "~/ui/Blank";
import { LiveMark } from "~/ui/Small";
import { Moment } from "~/ui/Time";

function Entry({ run, current }: { run: Run; current: boolean }) {
  const title = useRunTitle();
  return (
    <li data-current={current || undefined} data-testid={`run-${run.id}`}>
      <div className={styles.line}>
        <Link to={`/runs/${run.id}`} className="ell">
          {title(run)}
        </Link>
        <RunState run={run} />
      </div>
      <div className={styles.line}>
        <span className="num">
          <Moment at={run.started_at ?? run.queued_at} />
          {run.ms !== null && ` · ${formatDuration(run.ms)}`}
        </span>
        {run.amount && <span className="num">{formatMoney(run.amount)}</span>}
      </div>
    </li>
  );
}

/** Runs, one under the other; `null` while they are fetched. */
export function RecentList({ runs, current = null }: { runs: Run[] | null; current?: number | null }) {
  const { t } = useTranslation("flows");
  if (runs === null) return <Loading lines={4} />;
  if (runs.length === 0) return <Blank icon={Activity} title={t("noRuns")} />;
  return (
    <ol className={styles.runs}>
      {runs.map((run) => (
        <Entry key={run.id} run={run} current={run.id === current} />
      ))}
    </ol>
  );
}

type Props = { runs: Run[] | null; mode: FeedMode; current: number | null; start?: ReactNode };

/** The flow's newest runs, as they come, under how it starts. */
export function RecentRuns({ runs, mode, current, start }: Props) {
  const { t } = useTranslation("flows");
  return (
    <aside className={styles.side} aria-label={t("recent")}>
      <header>
        <h2>{t("recent")}</h2>
        <LiveMark mode={mode} />
      </header>
      <div>
        {start}
        <RecentList runs={runs} current={current} />
      </div>
    </aside>
  );
}
