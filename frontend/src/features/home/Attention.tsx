import { CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useFailures } from "~/api/queries/failures";
import { useFlowName } from "~/api/queries/flows";
import type { FailureGroup } from "~/api/types";
import { KindIcon } from "~/features/failures/KindBadge";
import styles from "~/features/home/Attention.module.css";
import { formatMoney } from "~/model/format";
import { labelOf } from "~/model/tables";
import { Blank, Loading, LoadProblem } from "~/ui/Blank";
import { Card } from "~/ui/Card";

const SHOWN = 4;

function Entry({ group }: { group: FailureGroup }) {
  const { t } = useTranslation("flows");
  const flowName = useFlowName();
  return (
    <li className={styles.entry}>
      <KindIcon kind={group.kind} />
      <div className={styles.words}>
        <Link to={`/failures/${group.id}`}>{group.sentence}</Link>
        <small>
          {flowName(group.flow)} · {labelOf(group.node)}
        </small>
      </div>
      <span className="num">{t("attention.runs", { count: group.open })}</span>
      <span className={`num ${styles.money}`}>{group.money.map(formatMoney).join(", ")}</span>
    </li>
  );
}

/** The failures that wait for a person, most at stake first as the server sorts them. */
export function Attention({ environment }: { environment: string }) {
  const { t } = useTranslation("flows");
  const query = useFailures(environment);
  const groups = query.data?.pages[0]?.results ?? [];
  return (
    <Card
      title={t("attention.title")}
      aside={groups.length > 0 && <Link to="/failures">{t("attention.all")}</Link>}
    >
      {query.isPending && <Loading lines={3} />}
      {query.isError && groups.length === 0 && (
        <LoadProblem error={query.error} retry={() => void query.refetch()} />
      )}
      {query.isSuccess && groups.length === 0 && (
        <Blank icon={CircleCheck} title={t("attention.none")}>
          {t("attention.noneHelp")}
        </Blank>
      )}
      <ul>
        {groups.slice(0, SHOWN).map((group) => (
          <Entry key={group.id} group={group} />
        ))}
      </ul>
    </Card>
  );
}
