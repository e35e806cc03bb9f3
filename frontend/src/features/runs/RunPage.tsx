import { CircleHelp } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useRunLive } from "~/api/live";
import { isProblem } from "~/api/problem";
import { useStanding } from "~/api/queries/operating";
import { useRun } from "~/api/queries/runs";
import type { RunDetail } from "~/api/types";
import { WorkBar } from "~/app/shell/TopBar";
import { LaneLine } from "~/features/operate/WaitsLine";
import { LiveSummary } from "~/features/runs/LiveSummary";
import { RunActions } from "~/features/runs/RunActions";
import { RunBanner } from "~/features/runs/RunBanner";
import { RunFacts } from "~/features/runs/RunFacts";
import { RunState } from "~/features/runs/RunState";
import { RunView } from "~/features/runs/RunView";
import { TimelineBar } from "~/features/runs/TimelineBar";
import { useRetryDialog } from "~/features/runs/useRetryDialog";
import { useRunTitle } from "~/features/runs/useRunTitle";
import { useStepParam } from "~/features/runs/useStepParam";
import styles from "~/features/runs/Work.module.css";
import { OpenStep } from "~/features/steps/OpenStep";
import { flattened } from "~/model/inside";
import { useRunStore } from "~/stores/runStore";
import { Blank, Loading, LoadProblem } from "~/ui/Blank";
import { useNarrow } from "~/ui/useNarrow";

function Loaded({ detail }: { detail: RunDetail }) {
  const { t } = useTranslation("runs");
  const narrow = useNarrow();
  const title = useRunTitle();
  const { step, open, close } = useStepParam();
  const shown = useRunStore((s) => (s.runId === detail.id ? s.run : null));
  const { run, lane } = useStanding(shown ?? detail, detail.lane);
  const graph = flattened(detail.graph);
  useRunLive(detail.id, graph);
  useEffect(() => {
    useRunStore.getState().begin(detail.id, flattened(detail.graph));
    useRunStore
      .getState()
      .apply(detail.id, { run: detail, seq: detail.seq, steps: detail.steps, tallies: detail.tallies }, true);
  }, [detail]);
  const retry = useRetryDialog(run, graph);
  const actions = <RunActions run={run} retry={retry.show} />;
  return (
    <>
      <WorkBar
        back="/runs"
        parent={t("title")}
        title={title(run)}
        badge={<RunState run={run} />}
        facts={<RunFacts run={run} />}
        actions={narrow ? undefined : <div className={styles.actions}>{actions}</div>}
      />
      <div className={styles.work} data-side={step === null ? undefined : "step"}>
        <div className={styles.middle}>
          <RunBanner run={run} lane={lane} removed={detail.removed === true} open={open} />
          {lane && run.waits_for?.kind !== "turn" && <LaneLine lane={lane} />}
          <div className={styles.view}>
            <RunView
              graph={graph}
              layout={detail.layout}
              name={run.flow.name}
              selected={step}
              onOpen={open}
              onClose={close}
            />
          </div>
          {!narrow && <TimelineBar run={run} graph={graph} onOpen={open} />}
        </div>
        {step !== null && (
          <OpenStep graph={graph} node={step} onOpen={open} onClose={close} retry={retry.show} />
        )}
      </div>
      {narrow && <div className={styles.sticky}>{actions}</div>}
      <LiveSummary />
      {retry.dialog}
    </>
  );
}

/** One run, drawn on the release it ran with. */
export default function RunPage() {
  const { t } = useTranslation("runs");
  const id = Number(useParams().id);
  const query = useRun(id);
  useEffect(() => () => useRunStore.getState().clear(), []);
  if (query.data !== undefined) return <Loaded key={id} detail={query.data} />;
  const missing = isProblem(query.error) && query.error.status === 404;
  return (
    <>
      <WorkBar back="/runs" parent={t("title")} title={t("number", { id })} />
      {query.isPending && <Loading />}
      {missing && (
        <Blank icon={CircleHelp} title={t("missing")}>
          {t("missingHelp")}
        </Blank>
      )}
      {query.isError && !missing && <LoadProblem error={query.error} retry={() => void query.refetch()} />}
    </>
  );
}
