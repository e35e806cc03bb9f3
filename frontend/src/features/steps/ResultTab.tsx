import { Hourglass, LoaderCircle, RotateCw } from "lucide-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { FlowNode, Run, StepDetail } from "~/api/types";
import { GridView } from "~/features/data/GridView";
import { ValueView } from "~/features/data/ValueView";
import { AttemptList } from "~/features/steps/AttemptList";
import styles from "~/features/steps/StepPanel.module.css";
import { sayEffect, sayTodo } from "~/features/steps/stepWords";
import { formatClock, formatDuration } from "~/model/format";
import type { NodePhase, NodeStatus } from "~/model/overlay";
import { factsIn, gridsOf, labelOf } from "~/model/tables";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";

type Props = {
  run: Run;
  node: FlowNode;
  status: NodeStatus;
  detail: StepDetail;
  showEffect: () => void;
  retry: () => void;
};

function Done({ node, status, detail, showEffect }: Props) {
  const { t } = useTranslation("runs");
  const title =
    status.ms === null ? t("attempts.state.done") : t("outcome.done", { time: formatDuration(status.ms) });
  const attempts =
    status.attempt > 1 ? t("outcome.doneAttempts", { attempt: status.attempt }) : t("outcome.doneFirst");
  if (detail.effect !== null) {
    const words = sayEffect(detail.effect, detail.output, status.attempt, t);
    const more = (
      <Button dense onClick={showEffect}>
        {t("effect.show")}
      </Button>
    );
    return (
      <Note tone={words.tone} title={words.title} actions={more}>
        {words.help} <span className="num">{title}.</span>
      </Note>
    );
  }
  const decided = status.port === "filtered" ? t("outcome.stopped") : t("outcome.passed");
  return (
    <Note tone="ok" title={title}>
      {node.type === "filter" ? decided : attempts}
    </Note>
  );
}

function Pending({ status }: Props) {
  const { t, i18n } = useTranslation("runs");
  const waits = status.phase === "waiting";
  const next =
    status.nextAt === null
      ? t("outcome.waiting")
      : t("outcome.retryingAt", { time: formatClock(status.nextAt, i18n.language) });
  const title = status.problem?.sentence ?? t("outcome.retrying", { attempt: status.attempt });
  return (
    <Note tone={waits ? "neutral" : "warn"} icon={waits ? Hourglass : RotateCw} title={title}>
      {next}
    </Note>
  );
}

function Failed({ status, run, retry }: Props) {
  const { t } = useTranslation("runs");
  if (status.problem === null) return null;
  const parked = run.state === "parked";
  const act = parked ? (
    <Button dense tone="primary" onClick={retry}>
      {t("retry.fromStep")}
    </Button>
  ) : undefined;
  return (
    <Note tone="bad" title={status.problem.sentence} actions={act}>
      {parked && `${t("outcome.parkedSafe")} `}
      {sayTodo(status.problem, t)}
    </Note>
  );
}

function Running() {
  const { t } = useTranslation("runs");
  return <Note tone="info" icon={LoaderCircle} title={t("outcome.running")} />;
}

function Skipped() {
  const { t } = useTranslation("runs");
  return (
    <Note tone="neutral" title={t("step.skipped")}>
      {t("step.skippedHelp")}
    </Note>
  );
}

const OUTCOME: Record<NodePhase, ComponentType<Props>> = {
  running: Running,
  skipped: Skipped,
  waiting: Pending,
  retrying: Pending,
  failed: Failed,
  done: Done,
};

/** What came of the step, for a reader who does not care how. */
export function ResultTab(props: Props) {
  const { t } = useTranslation("runs");
  const { detail, status } = props;
  const Outcome = OUTCOME[status.phase];
  const facts = status.phase === "done" ? factsIn(detail.output) : [];
  const grids = status.phase === "done" ? gridsOf(detail.output) : [];
  const plain = status.phase === "done" && facts.length === 0 && grids.length === 0 && detail.output !== null;
  return (
    <div className={styles.stack}>
      <Outcome {...props} />
      {detail.attempts.length > 1 && <AttemptList attempts={detail.attempts} />}
      {(facts.length > 0 || grids.length > 0) && <h3>{t("tab.output")}</h3>}
      {facts.length > 0 && (
        <dl className={styles.facts}>
          {facts.map(({ key, text }) => (
            <div key={key} className={styles.fact}>
              <dt>{labelOf(key)}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {grids.map((grid) => (
        <GridView key={grid.name} grid={grid} />
      ))}
      {plain && <ValueView value={detail.output} empty={t("data.emptyOutput")} label={t("tab.output")} />}
    </div>
  );
}
