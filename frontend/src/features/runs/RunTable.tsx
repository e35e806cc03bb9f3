import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Run } from "~/api/types";
import { RunState } from "~/features/runs/RunState";
import { useRunTitle } from "~/features/runs/useRunTitle";
import { formatDuration, formatMoney } from "~/model/format";
import styles from "~/ui/Table.module.css";
import { Moment } from "~/ui/Time";
import { useNarrow } from "~/ui/useNarrow";

function Row({ run }: { run: Run }) {
  const { t } = useTranslation("runs");
  const title = useRunTitle();
  return (
    <tr>
      <td>
        <RunState run={run} plain />
      </td>
      <td>
        <Link className={styles.main} to={`/runs/${run.id}`}>
          {title(run)}
        </Link>
        <span className={styles.sub}>
          {run.flow.name} · {t("number", { id: run.id })}
        </span>
        {run.waits_for && <span className={styles.sub}>{run.waits_for.sentence}</span>}
      </td>
      <td className={`num ${styles.right}`}>{run.amount && formatMoney(run.amount)}</td>
      <td className="num">
        r{run.release} <span className="t3">{run.environment}</span>
      </td>
      <td>
        <Moment at={run.started_at ?? run.queued_at} />
      </td>
      <td className={`num ${styles.right}`}>{run.ms !== null && formatDuration(run.ms)}</td>
    </tr>
  );
}

function Card({ run }: { run: Run }) {
  const title = useRunTitle();
  return (
    <li>
      <div>
        <Link className={styles.main} to={`/runs/${run.id}`}>
          {title(run)}
        </Link>
        <span className={styles.sub}>
          {run.flow.name} · <Moment at={run.started_at ?? run.queued_at} />
        </span>
        {run.amount && <span className={`num ${styles.sub}`}>{formatMoney(run.amount)}</span>}
      </div>
      <RunState run={run} />
    </li>
  );
}

/** Runs as a table; below 900 px as a list. */
export function RunTable({ runs }: { runs: Run[] }) {
  const { t } = useTranslation("runs");
  if (useNarrow()) {
    return (
      <ul className={styles.list}>
        {runs.map((run) => (
          <Card key={run.id} run={run} />
        ))}
      </ul>
    );
  }
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("column.state")}</th>
          <th scope="col">{t("column.run")}</th>
          <th scope="col" className={styles.right}>
            {t("column.amount")}
          </th>
          <th scope="col">{t("column.release")}</th>
          <th scope="col">{t("column.started")}</th>
          <th scope="col" className={styles.right}>
            {t("column.duration")}
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.id} run={run} />
        ))}
      </tbody>
    </table>
  );
}
