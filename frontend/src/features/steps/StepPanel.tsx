import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCatalogue } from "~/api/queries/session";
import type { FlowGraph } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { nodeName, secondLine } from "~/features/canvas/words";
import { SetupTab } from "~/features/steps/SetupTab";
import { StepItems } from "~/features/steps/StepItems";
import styles from "~/features/steps/StepPanel.module.css";
import { NotReached, StepTabs } from "~/features/steps/StepTabs";
import { calledFlow, iconOf } from "~/model/describe";
import { topologicalOrder } from "~/model/flow";
import { useNodeStatus, useRunStore } from "~/stores/runStore";
import { IconButton } from "~/ui/Button";
import { nodeIcon } from "~/ui/icons";

type Props = {
  graph: FlowGraph;
  node: string;
  onOpen: (node: string) => void;
  onClose: () => void;
  retry: () => void;
};

/** What the step does; where it runs another flow, the way there. */
function Line({ flow, line }: { flow: string; line: string }) {
  return flow === "" ? line : <Link to={`/flows/${flow}`}>{line}</Link>;
}

/** One step, 480 px at the right: what came of it first, then its data. */
export default function StepPanel({ graph, node: id, onOpen, onClose, retry }: Props) {
  const { t } = useTranslation(["runs", "canvas"]);
  const { t: tc } = useTranslation("canvas");
  const { data: catalogue } = useCatalogue();
  const run = useRunStore((s) => s.run);
  const status = useNodeStatus(id);
  const title = useRef<HTMLHeadingElement>(null);
  const order = useMemo(() => topologicalOrder(graph), [graph]);
  const node = graph.nodes[id];
  const counted = useRunStore((s) => s.tallies[id] !== undefined && status?.count !== 1);
  const [chosen, setChosen] = useState<string | null>(null);
  const path = chosen ?? status?.path ?? "";
  useCommands("canvas", { closeStep: onClose });

  // The panel takes the focus when it opens or changes its step, so that a screen reader follows.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the step's id is the signal
  useEffect(() => {
    setChosen(null);
    title.current?.focus({ preventScroll: true });
  }, [id]);

  if (node === undefined) return null;
  const at = order.indexOf(id);
  const name = nodeName(node, id);
  const Icon = nodeIcon(iconOf(node));
  const go = (to: number) => {
    const next = order[to];
    if (next !== undefined) onOpen(next);
  };
  return (
    <aside className={styles.panel} aria-label={name}>
      <header className={styles.head}>
        <span className={styles.tile} data-phase={status?.phase}>
          <Icon size={16} strokeWidth={1.75} aria-hidden />
        </span>
        <div className={styles.names}>
          <h2 ref={title} tabIndex={-1}>
            {name}
          </h2>
          <small className="t3">
            <Line flow={calledFlow(node)} line={secondLine(node, catalogue, tc)} /> ·{" "}
            {t("canvas:stepOf", { index: at + 1, total: order.length })}
          </small>
        </div>
        <div className={styles.buttons}>
          <IconButton label={t("step.prev")} off={at === 0} onClick={() => go(at - 1)}>
            <ChevronUp size={16} aria-hidden />
          </IconButton>
          <IconButton label={t("step.next")} off={at === order.length - 1} onClick={() => go(at + 1)}>
            <ChevronDown size={16} aria-hidden />
          </IconButton>
          <IconButton label={t("step.close")} onClick={onClose}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      </header>
      {run === null && (
        <div className={styles.body}>
          <SetupTab node={node} />
        </div>
      )}
      {run !== null && status === undefined && <NotReached node={node} run={run} />}
      {run !== null && status !== undefined && counted && (
        <StepItems run={run.id} node={id} count={status.count} chosen={path} onChoose={setChosen} />
      )}
      {run !== null && status !== undefined && (!counted || path !== "") && (
        <StepTabs node={node} run={run} status={{ ...status, path }} retry={retry} />
      )}
    </aside>
  );
}
