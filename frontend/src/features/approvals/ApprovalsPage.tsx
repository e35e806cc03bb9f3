import { SegmentedControl } from "@mantine/core";
import { CircleCheck, Inbox } from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { type Shown, useApprovals } from "~/api/queries/approvals";
import { useEnvironment } from "~/api/queries/session";
import { ListBar } from "~/app/shell/TopBar";
import { ApprovalTable } from "~/features/approvals/ApprovalTable";
import styles from "~/features/failures/Failures.module.css";
import { Blank, Loading, LoadProblem } from "~/ui/Blank";
import { Button, ButtonLink } from "~/ui/Button";
import table from "~/ui/Table.module.css";

const ApprovalPanel = lazy(() => import("~/features/approvals/ApprovalPanel"));

const SHOWN: Shown[] = ["waiting", "decided", "ended"];

function Nothing({ shown }: { shown: Shown }) {
  const { t } = useTranslation("approvals");
  if (shown !== "waiting") {
    return (
      <Blank icon={Inbox} title={t("emptyOther")}>
        {t("emptyOtherHelp")}
      </Blank>
    );
  }
  const look = (
    <ButtonLink dense to="/runs">
      {t("lookAtRuns")}
    </ButtonLink>
  );
  return (
    <Blank icon={CircleCheck} title={t("empty")} action={look}>
      {t("emptyHelp")}
    </Blank>
  );
}

/** What runs ask people: the list at the left, one question with its form at the right. */
export default function ApprovalsPage() {
  const { t } = useTranslation(["approvals", "common"]);
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const id = useParams().id;
  const current = id === undefined ? null : Number(id);
  const { environment } = useEnvironment();
  const shown = SHOWN.find((one) => one === params.get("show")) ?? "waiting";
  const query = useApprovals(environment, shown);
  const rows = query.data?.pages.flatMap((page) => page.results) ?? [];
  const mine = rows.filter((one) => one.may_decide).length;
  const close = () => void navigate({ pathname: "/approvals", search: params.toString() });
  return (
    <>
      <ListBar title={t("title")} aside={mine > 0 ? t("summary", { count: mine }) : undefined} />
      <div className={styles.split} data-open={current === null ? undefined : true}>
        <section className={styles.list} aria-label={t("title")}>
          <div className={styles.filters}>
            <SegmentedControl
              size="xs"
              aria-label={t("show")}
              value={shown}
              onChange={(next) => setParams(next === "waiting" ? {} : { show: next })}
              data={SHOWN.map((one) => ({ value: one, label: t(`shown.${one}`) }))}
            />
          </div>
          {query.isPending && <Loading />}
          {query.isError && rows.length === 0 && (
            <LoadProblem error={query.error} retry={() => void query.refetch()} />
          )}
          {query.isSuccess && rows.length === 0 && <Nothing shown={shown} />}
          {rows.length > 0 && <ApprovalTable rows={rows} current={current} />}
          {query.hasNextPage && (
            <footer className={table.foot}>
              <span className="num">{t("common:shown", { count: rows.length })}</span>
              <Button dense busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("common:loadMore")}
              </Button>
            </footer>
          )}
        </section>
        {current !== null && (
          <Suspense>
            <ApprovalPanel key={current} id={current} onClose={close} />
          </Suspense>
        )}
      </div>
    </>
  );
}
