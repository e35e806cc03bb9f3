import {
  CircleCheck,
  CircleDashed,
  CircleX,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  RotateCw,
  Workflow,
} from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "~/api/queries/session";
import type { FlowGraph } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import styles from "~/features/canvas/Outline.module.css";
import { nodeName, secondLine } from "~/features/canvas/words";
import { iconOf } from "~/model/describe";
import { topologicalOrder } from "~/model/flow";
import { formatDuration } from "~/model/format";
import { type NodePhase, tally } from "~/model/overlay";
import { useNodeStatus, useRunStore } from "~/stores/runStore";
import { useUi } from "~/stores/uiStore";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { nodeIcon } from "~/ui/icons";
import { useNarrow } from "~/ui/useNarrow";

const ICON: Record<NodePhase, LucideIcon> = {
  running: LoaderCircle,
  done: CircleCheck,
  retrying: RotateCw,
  waiting: Hourglass,
  failed: CircleX,
  skipped: CircleDashed,
};

type RowProps = {
  id: string;
  title: string;
  line: string;
  icon: string;
  current: boolean;
  onOpen: () => void;
};

function Row({ id, title, line, icon, current, onOpen }: RowProps) {
  const { t } = useTranslation("canvas");
  const status = useNodeStatus(id);
  const phase = status?.phase;
  const Icon = phase === undefined ? nodeIcon(icon) : ICON[phase];
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        data-phase={phase}
        data-testid={`outline-${id}`}
        aria-current={current || undefined}
        onClick={onOpen}
      >
        <span className={styles.icon} data-phase={phase}>
          <Icon
            size={18}
            strokeWidth={1.75}
            aria-hidden
            className={phase === "running" ? "spin" : undefined}
          />
        </span>
        <span className={styles.words}>
          {title}
          <small>{status?.problem?.sentence ?? (phase === "skipped" ? t("node.notNeeded") : line)}</small>
        </span>
        <span className={styles.end}>
          {phase !== undefined && (
            <span className="sr-only">
              {t(`node.${phase === "waiting" ? "running" : phase}`, { attempt: status?.attempt ?? 1 })}
            </span>
          )}
          {phase === "done" && status?.ms != null && <span className="num">{formatDuration(status.ms)}</span>}
          {status !== undefined && status.attempt > 1 && (
            <Badge tone="warn" icon={RotateCw}>
              {t("node.attempt", { attempt: status.attempt })}
            </Badge>
          )}
        </span>
      </button>
    </li>
  );
}

type Props = { graph: FlowGraph; selected: string | null; onOpen: (node: string) => void };

/** The flow as a list: for narrow screens, screen readers, and whoever likes lists. */
export function Outline({ graph, selected, onOpen }: Props) {
  const { t } = useTranslation(["canvas", "runs"]);
  const narrow = useNarrow();
  const { data: catalogue } = useCatalogue();
  const overlay = useRunStore((s) => s.overlay);
  const { done, skipped, total } = tally(graph, overlay);
  const order = useMemo(() => topologicalOrder(graph), [graph]);
  const toCanvas = () => useUi.getState().setView("canvas");
  useCommands("canvas", { outline: toCanvas });
  return (
    <section className={styles.region} aria-label={t("outline")}>
      <div className={styles.head}>
        <h2>{t("runs:steps")}</h2>
        <span className="sm t3">
          {skipped > 0 ? t("runs:stepsSkipped", { done, skipped }) : t("runs:stepsDone", { done, total })}
        </span>
        {!narrow && (
          <Button dense onClick={toCanvas}>
            <Workflow size={14} aria-hidden />
            {t("canvas")}
          </Button>
        )}
      </div>
      <ol className={styles.list}>
        {order.map((id) => {
          const node = graph.nodes[id];
          if (node === undefined) return null;
          return (
            <Row
              key={id}
              id={id}
              title={nodeName(node, id)}
              line={secondLine(node, catalogue, t)}
              icon={iconOf(node)}
              current={id === selected}
              onOpen={() => onOpen(id)}
            />
          );
        })}
      </ol>
    </section>
  );
}
