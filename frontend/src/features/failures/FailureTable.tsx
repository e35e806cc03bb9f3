import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useFlowName } from "~/api/queries/flows";
import type { FailureGroup } from "~/api/types";
import failures from "~/features/failures/Failures.module.css";
import { KindBadge } from "~/features/failures/KindBadge";
import { formatMoney } from "~/model/format";
import { labelOf } from "~/model/tables";
import styles from "~/ui/Table.module.css";
import { Moment } from "~/ui/Time";
import { useNarrow } from "~/ui/useNarrow";

function Sentence({ group }: { group: FailureGroup }) {
  const flowName = useFlowName();
  return (
    <>
      <Link className={styles.main} to={`/failures/${group.id}`}>
        {group.sentence}
      </Link>
      <span className={styles.sub}>
        {flowName(group.flow)} · {labelOf(group.node)}
      </span>
    </>
  );
}

function Row({ group, current }: { group: FailureGroup; current: boolean }) {
  const { t } = useTranslation(["failures", "operate"]);
  return (
    <tr data-current={current || undefined}>
      <td className={failures.what}>
        <Sentence group={group} />
      </td>
      <td>
        <KindBadge kind={group.kind} />
      </td>
      <td className={`num ${styles.right}`}>
        {group.state === "open" ? group.open : group.count}
        {group.blocks > 0 && (
          <span className={styles.sub}>{t("operate:blocks", { count: group.blocks })}</span>
        )}
      </td>
      <td className={`num ${styles.right} ${failures.money}`}>
        {group.money.map((money) => (
          <div key={money.currency}>{formatMoney(money)}</div>
        ))}
      </td>
      <td>
        <Moment at={group.first_at} relative />
      </td>
      <td className="t2">{group.owner ?? <span className="t3">{t("nobody")}</span>}</td>
    </tr>
  );
}

/** Groups, not occurrences: the sentence is the title, the class is the footnote. */
export function FailureTable({ groups, current }: { groups: FailureGroup[]; current: number | null }) {
  const { t } = useTranslation("failures");
  if (useNarrow()) {
    return (
      <ul className={styles.list}>
        {groups.map((group) => (
          <li key={group.id}>
            <div>
              <Sentence group={group} />
              <span className={`num ${styles.sub}`}>{group.money.map(formatMoney).join(", ")}</span>
            </div>
            <KindBadge kind={group.kind} />
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
          <th scope="col">{t("column.class")}</th>
          <th scope="col" className={styles.right}>
            {t("column.runs")}
          </th>
          <th scope="col" className={styles.right}>
            {t("column.money")}
          </th>
          <th scope="col">{t("column.oldest")}</th>
          <th scope="col">{t("column.owner")}</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <Row key={group.id} group={group} current={group.id === current} />
        ))}
      </tbody>
    </table>
  );
}
