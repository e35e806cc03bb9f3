import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useEnvironment } from "~/api/queries/session";
import type { FlowSummary } from "~/api/types";
import { FlowState } from "~/features/flows/FlowState";
import flows from "~/features/flows/Flows.module.css";
import { ReleaseBadges } from "~/features/flows/ReleaseBadges";
import { Sparkline } from "~/ui/Small";
import styles from "~/ui/Table.module.css";
import { Moment } from "~/ui/Time";
import { useNarrow } from "~/ui/useNarrow";

function Name({ flow }: { flow: FlowSummary }) {
  return (
    <>
      <Link className={styles.main} to={`/flows/${flow.key}`}>
        {flow.name}
      </Link>
      {flow.description && <span className={`${styles.sub} ${flows.about}`}>{flow.description}</span>}
    </>
  );
}

const totalOf = ({ runs_24h: runs }: FlowSummary): number => runs.succeeded + runs.parked + runs.failed;

function Row({ flow, environment }: { flow: FlowSummary; environment: string }) {
  const { t } = useTranslation("flows");
  return (
    <tr>
      <td>
        <Name flow={flow} />
      </td>
      <td>
        <FlowState flow={flow} environment={environment} />
      </td>
      <td>
        <Sparkline counts={flow.spark} />
      </td>
      <td className={`num ${styles.right}`}>{totalOf(flow)}</td>
      <td>{flow.last_run ? <Moment at={flow.last_run.at} /> : <span className="t3">{t("never")}</span>}</td>
      <td>
        <ReleaseBadges installed={flow.environments} />
      </td>
    </tr>
  );
}

/** Flows with what they do and how they are; below 900 px as a list. */
export function FlowTable({ rows }: { rows: FlowSummary[] }) {
  const { t } = useTranslation("flows");
  const { environment } = useEnvironment();
  if (useNarrow()) {
    return (
      <ul className={styles.list}>
        {rows.map((flow) => (
          <li key={flow.key}>
            <div>
              <Name flow={flow} />
            </div>
            <div className={flows.state}>
              <FlowState flow={flow} environment={environment} />
              <ReleaseBadges installed={flow.environments} />
            </div>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("column.flow")}</th>
          <th scope="col">{t("column.state")}</th>
          <th scope="col">{t("column.spark")}</th>
          <th scope="col" className={styles.right}>
            {t("column.runs")}
          </th>
          <th scope="col">{t("column.lastRun")}</th>
          <th scope="col">{t("column.environments")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((flow) => (
          <Row key={flow.key} flow={flow} environment={environment} />
        ))}
      </tbody>
    </table>
  );
}
