import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Approval } from "~/api/types";
import { ApprovalState } from "~/features/approvals/ApprovalState";
import split from "~/features/failures/Failures.module.css";
import styles from "~/ui/Table.module.css";
import { Moment } from "~/ui/Time";
import { useNarrow } from "~/ui/useNarrow";

function Question({ one }: { one: Approval }) {
  return (
    <>
      <Link className={styles.main} to={`/approvals/${one.id}`}>
        {one.title}
      </Link>
      <span className={styles.sub}>
        {one.flow.name} · {one.run_title || one.run}
      </span>
    </>
  );
}

function Row({ one, current }: { one: Approval; current: boolean }) {
  const { t } = useTranslation("approvals");
  return (
    <tr data-current={current || undefined}>
      <td className={split.what}>
        <Question one={one} />
      </td>
      <td>
        <ApprovalState state={one.state} />
      </td>
      <td className="t2">{t(`role.${one.role}`)}</td>
      <td>
        <Moment at={one.asked_at} relative />
      </td>
      <td>
        {one.expires_at === null ? <span className="t3">{t("never")}</span> : <Moment at={one.expires_at} />}
      </td>
    </tr>
  );
}

/** Questions, one line each; on a narrow screen without their columns. */
export function ApprovalTable({ rows, current }: { rows: Approval[]; current: number | null }) {
  const { t } = useTranslation("approvals");
  if (useNarrow()) {
    return (
      <ul className={styles.list}>
        {rows.map((one) => (
          <li key={one.id}>
            <div>
              <Question one={one} />
            </div>
            <ApprovalState state={one.state} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("column.what")}</th>
          <th scope="col">{t("column.state")}</th>
          <th scope="col">{t("column.who")}</th>
          <th scope="col">{t("column.asked")}</th>
          <th scope="col">{t("column.expires")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <Row key={one.id} one={one} current={one.id === current} />
        ))}
      </tbody>
    </table>
  );
}
