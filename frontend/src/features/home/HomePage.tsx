import { Workflow } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useFlows } from "~/api/queries/flows";
import { useRecentRuns } from "~/api/queries/runs";
import { useEnvironment, useSignedIn } from "~/api/queries/session";
import type { FlowSummary } from "~/api/types";
import shell from "~/app/shell/Shell.module.css";
import { ListBar } from "~/app/shell/TopBar";
import { FlowTable } from "~/features/flows/FlowTable";
import { RecentList } from "~/features/flows/RecentRuns";
import { Attention } from "~/features/home/Attention";
import styles from "~/features/home/Home.module.css";
import { Notices } from "~/features/operate/Notices";
import { Blank, Loading, LoadProblem } from "~/ui/Blank";
import { Card } from "~/ui/Card";

function useSummary(flows: FlowSummary[]): string {
  const { t } = useTranslation("flows");
  const sum = (pick: (runs: FlowSummary["runs_24h"]) => number) =>
    flows.reduce((n, flow) => n + pick(flow.runs_24h), 0);
  const succeeded = sum((runs) => runs.succeeded);
  const waiting = sum((runs) => runs.parked + runs.failed);
  if (succeeded + waiting === 0) return t("summary.quiet");
  if (waiting === 0) return t("summary.fine", { count: succeeded });
  return t("summary.mixed", { succeeded, total: succeeded + waiting, count: waiting });
}

function greetingAt(hour: number): "morning" | "afternoon" | "evening" {
  if (hour < 12) return "morning";
  return hour < 18 ? "afternoon" : "evening";
}

/** Is anything on hold, how much money, what is the one next click; and the flows below. */
export default function HomePage() {
  const { t } = useTranslation(["flows", "common"]);
  const { user } = useSignedIn();
  const { environment } = useEnvironment();
  const flows = useFlows();
  const rows = flows.data?.results ?? [];
  const summary = useSummary(rows);
  const recent = useRecentRuns({ environment }, 8);
  const first = user?.name.split(" ")[0] ?? "";
  return (
    <>
      <ListBar title={t("common:nav.home")} />
      <div className={shell.page}>
        <div className={styles.head}>
          <h2>{t(`greeting.${greetingAt(new Date().getHours())}`, { name: first })}</h2>
          {flows.isSuccess && <p>{summary}</p>}
        </div>
        <Notices environment={environment} />
        <div className={styles.grid}>
          <div className={styles.stack}>
            <Attention environment={environment} />
            <Card title={t("title")} aside={<Link to="/flows">{t("allFlows")}</Link>}>
              {flows.isPending && <Loading lines={3} />}
              {flows.isError && <LoadProblem error={flows.error} retry={() => void flows.refetch()} />}
              {flows.isSuccess && rows.length === 0 && (
                <Blank icon={Workflow} title={t("empty")}>
                  {t("emptyHelp")}
                </Blank>
              )}
              {rows.length > 0 && <FlowTable rows={rows} />}
            </Card>
          </div>
          <Card title={t("recent")} aside={<Link to="/runs">{t("allRuns")}</Link>}>
            <RecentList runs={recent.data?.results ?? null} />
          </Card>
        </div>
      </div>
    </>
  );
}
