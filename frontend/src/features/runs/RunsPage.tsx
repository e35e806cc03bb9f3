import { Activity } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useRuns } from "~/api/queries/runs";
import { useEnvironment } from "~/api/queries/session";
import shell from "~/app/shell/Shell.module.css";
import { ListBar } from "~/app/shell/TopBar";
import { Notices } from "~/features/operate/Notices";
import { type Filters, RunFilters } from "~/features/runs/RunFilters";
import { RunTable } from "~/features/runs/RunTable";
import { Blank, Loading, LoadProblem } from "~/ui/Blank";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import styles from "~/ui/Table.module.css";

/** Filters live in the address, so that a list can be sent to somebody. */
function useFilters(): [Filters, (change: Partial<Filters>) => void] {
  const [params, setParams] = useSearchParams();
  const filters = {
    q: params.get("q") ?? "",
    flow: params.get("flow") ?? "",
    state: params.get("state") ?? "",
    lane: params.get("lane") ?? "",
  };
  const change = (part: Partial<Filters>) => {
    const next = Object.entries({ ...filters, ...part }).filter(([, text]) => text !== "");
    setParams(new URLSearchParams(next), { replace: true });
  };
  return [filters, change];
}

export default function RunsPage() {
  const { t } = useTranslation(["runs", "common"]);
  const [filters, setFilters] = useFilters();
  const { environment } = useEnvironment();
  const query = useRuns({ ...filters, environment });
  const runs = query.data?.pages.flatMap((page) => page.results) ?? [];
  const filtered = filters.q !== "" || filters.flow !== "" || filters.state !== "" || filters.lane !== "";
  return (
    <>
      <ListBar title={t("title")} />
      <div className={shell.page}>
        <Notices environment={environment} />
        <RunFilters value={filters} onChange={setFilters} />
        <Card label={t("title")}>
          {query.isPending && <Loading />}
          {query.isError && runs.length === 0 && (
            <LoadProblem error={query.error} retry={() => void query.refetch()} />
          )}
          {query.isSuccess && runs.length === 0 && (
            <Blank icon={Activity} title={filtered ? t("noMatch") : t("empty")}>
              {filtered ? t("noMatchHelp") : t("emptyHelp")}
            </Blank>
          )}
          {runs.length > 0 && <RunTable runs={runs} />}
          {runs.length > 0 && (
            <footer className={styles.foot}>
              <span className="num">{t("common:shown", { count: runs.length })}</span>
              {query.hasNextPage && (
                <Button dense busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("common:loadMore")}
                </Button>
              )}
            </footer>
          )}
        </Card>
      </div>
    </>
  );
}
