import { CircleHelp, ExternalLink } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useFlowLive, useRunLive } from "~/api/live";
import { isProblem } from "~/api/problem";
import { useFlow } from "~/api/queries/flows";
import { useEnvironment, useSignedIn } from "~/api/queries/session";
import type { FlowDetail } from "~/api/types";
import { EnvironmentSwitch } from "~/app/shell/EnvironmentSwitch";
import { WorkBar } from "~/app/shell/TopBar";
import { FollowBanner } from "~/features/flows/FollowBanner";
import { RecentRuns } from "~/features/flows/RecentRuns";
import { ReleaseBadges } from "~/features/flows/ReleaseBadges";
import { StartLine } from "~/features/flows/StartLine";
import { useFollowed } from "~/features/flows/useFollowed";
import { WaitingHint } from "~/features/flows/WaitingHint";
import { LiveSummary } from "~/features/runs/LiveSummary";
import { RunView } from "~/features/runs/RunView";
import { useRetryDialog } from "~/features/runs/useRetryDialog";
import { useStepParam } from "~/features/runs/useStepParam";
import styles from "~/features/runs/Work.module.css";
import { OpenStep } from "~/features/steps/OpenStep";
import { systemsOf } from "~/model/describe";
import { flattened } from "~/model/inside";
import { useRunStore } from "~/stores/runStore";
import { Blank, Loading, LoadProblem } from "~/ui/Blank";
import { OutsideLink } from "~/ui/Button";
import { Systems } from "~/ui/Small";
import { useNarrow } from "~/ui/useNarrow";

function FlowActions() {
  const { t } = useTranslation("flows");
  const { sandbox_url: sandbox } = useSignedIn();
  return (
    <div className={styles.actions}>
      {sandbox && (
        <OutsideLink href={sandbox} dense tone="ghost">
          <ExternalLink size={14} aria-hidden />
          {t("openSandbox")}
        </OutsideLink>
      )}
      <EnvironmentSwitch />
    </div>
  );
}

function Loaded({ flow, environment }: { flow: FlowDetail; environment: string }) {
  const { t } = useTranslation("flows");
  const narrow = useNarrow();
  const graph = flattened(flow.graph);
  const { step, open, close } = useStepParam();
  const { runs, mode } = useFlowLive(flow.key, environment);
  const { followed, leave } = useFollowed(runs);
  const run = useRunStore((s) => s.run);
  const retry = useRetryDialog(run, graph);
  useRunLive(followed, graph);
  useEffect(() => {
    if (followed === null) useRunStore.getState().clear();
  }, [followed]);
  const first = runs?.length === 0;
  const start = <StartLine flow={flow.key} environment={environment} />;
  const recent = <RecentRuns runs={runs} mode={mode} current={followed} start={start} />;
  return (
    <>
      <WorkBar
        back="/flows"
        parent={t("title")}
        title={flow.name}
        badge={
          <>
            <Systems connectors={systemsOf(flow.slots)} />
            <ReleaseBadges installed={flow.environments} />
          </>
        }
        facts={narrow ? environment : flow.description}
        actions={<FlowActions />}
      />
      <div className={styles.work} data-side={step === null ? "runs" : "step"}>
        <div className={styles.middle}>
          {first ? null : <FollowBanner leave={leave} />}
          {first && narrow && <WaitingHint />}
          <div className={styles.view}>
            <RunView
              graph={graph}
              layout={flow.layout}
              name={flow.name}
              selected={step}
              onOpen={open}
              onClose={close}
            />
          </div>
          {first && !narrow && <WaitingHint />}
        </div>
        {(step === null || narrow) && recent}
        {step !== null && (
          <OpenStep graph={graph} node={step} onOpen={open} onClose={close} retry={retry.show} />
        )}
      </div>
      <LiveSummary />
      {retry.dialog}
    </>
  );
}

/** One flow, live: what it does, and what it is doing now. */
export default function FlowPage() {
  const { t } = useTranslation(["flows", "common"]);
  const key = useParams().key ?? "";
  const { environment } = useEnvironment();
  const query = useFlow(key);
  useEffect(() => () => useRunStore.getState().clear(), []);
  if (query.data !== undefined)
    return <Loaded key={`${key}@${environment}`} flow={query.data} environment={environment} />;
  const missing = isProblem(query.error) && query.error.status === 404;
  return (
    <>
      <WorkBar back="/flows" parent={t("title")} title={key} />
      {query.isPending && <Loading />}
      {missing && (
        <Blank icon={CircleHelp} title={t("missing")}>
          {t("common:problem.notFoundHelp")}
        </Blank>
      )}
      {query.isError && !missing && <LoadProblem error={query.error} retry={() => void query.refetch()} />}
    </>
  );
}
