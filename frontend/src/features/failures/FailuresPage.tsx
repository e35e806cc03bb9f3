import { SegmentedControl } from "@mantine/core";
import { CircleCheck, Inbox } from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { useFailures } from "~/api/queries/failures";
import { useEnvironment } from "~/api/queries/session";
import type { FailureState } from "~/api/types";
import { ListBar } from "~/app/shell/TopBar";
import styles from "~/features/failures/Failures.module.css";
import { FailureTable } from "~/features/failures/FailureTable";
import { Notices } from "~/features/operate/Notices";
import notices from "~/features/operate/Operate.module.css";
import { Blank, Loading, LoadProblem } from "~/ui/Blank";
import { Button, ButtonLink } from "~/ui/Button";
import table from "~/ui/Table.module.css";

const FailurePanel = lazy(() => import("~/features/failures/FailurePanel"));

const STATES: FailureState[] = ["open", "resolved", "ignored"];

function Nothing({ state }: { state: FailureState }) {
  const { t } = useTranslation("failures");
  if (state !== "open") {
    return (
      <Blank icon={Inbox} title={t("emptyOther")}>
        {t("emptyOtherHelp", { state: t(`state.${state}`).toLowerCase() })}
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

/** Built for a person with twenty minutes: groups at the left, one with its way out at the right. */
export default function FailuresPage() {
  const { t } = useTranslation(["failures", "common"]);
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const id = useParams().id;
  const current = id === undefined ? null : Number(id);
  const { environment } = useEnvironment();
  const state = STATES.find((one) => one === params.get("state")) ?? "open";
  const query = useFailures(environment, state);
  const groups = query.data?.pages.flatMap((page) => page.results) ?? [];
  const runs = groups.reduce((sum, group) => sum + group.open, 0);
  const summary =
    state === "open" && groups.length > 0 ? t("summary", { groups: groups.length, count: runs }) : undefined;
  const close = () => void navigate({ pathname: "/failures", search: params.toString() });
  return (
    <>
      <ListBar title={t("title")} aside={summary} />
      <div className={styles.split} data-open={current === null ? undefined : true}>
        <section className={styles.list} aria-label={t("title")}>
          <div className={notices.inset}>
            <Notices environment={environment} />
          </div>
          <div className={styles.filters}>
            <SegmentedControl
              size="xs"
              aria-label={t("show")}
              value={state}
              onChange={(next) => setParams(next === "open" ? {} : { state: next })}
              data={STATES.map((one) => ({ value: one, label: t(`state.${one}`) }))}
            />
          </div>
          {query.isPending && <Loading />}
          {query.isError && groups.length === 0 && (
            <LoadProblem error={query.error} retry={() => void query.refetch()} />
          )}
          {query.isSuccess && groups.length === 0 && <Nothing state={state} />}
          {groups.length > 0 && <FailureTable groups={groups} current={current} />}
          {query.hasNextPage && (
            <footer className={table.foot}>
              <span className="num">{t("common:shown", { count: groups.length })}</span>
              <Button dense busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("common:loadMore")}
              </Button>
            </footer>
          )}
        </section>
        {current !== null && (
          <Suspense>
            <FailurePanel key={current} id={current} onClose={close} />
          </Suspense>
        )}
      </div>
    </>
  );
}
