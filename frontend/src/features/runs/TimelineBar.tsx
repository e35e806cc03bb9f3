import { ChevronDown, ChevronUp } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowGraph, Run } from "~/api/types";
import { nodeName } from "~/features/canvas/words";
import styles from "~/features/runs/TimelineBar.module.css";
import { formatDuration } from "~/model/format";
import { isOver } from "~/model/overlay";
import { type Bar, timelineOf } from "~/model/timeline";
import { useRunStore } from "~/stores/runStore";
import { useUi } from "~/stores/uiStore";
import { IconButton } from "~/ui/Button";
import { useNow } from "~/ui/useNow";

const WIDE = 1000;
const THIN = 4;
const GAP = 1.5;

function Track({ bars, label }: { bars: Bar[]; label: (bar: Bar) => string }) {
  return (
    <svg className={styles.track} viewBox={`0 0 ${WIDE} 8`} preserveAspectRatio="none" aria-hidden>
      {bars.map((bar) => (
        <rect
          key={`${bar.path}@${bar.from}`}
          data-phase={bar.phase}
          x={bar.from * WIDE}
          y={bar.phase === "pause" ? 3 : 0}
          width={Math.max(THIN, (bar.to - bar.from) * WIDE - GAP)}
          height={bar.phase === "pause" ? 2 : 8}
        >
          <title>{label(bar)}</title>
        </rect>
      ))}
    </svg>
  );
}

type Props = { run: Run; graph: FlowGraph; onOpen: (node: string) => void };

/** The whole run on one line of time; opened, one line per step. */
export function TimelineBar({ run, graph, onOpen }: Props) {
  const { t } = useTranslation("runs");
  const steps = useRunStore((s) => s.steps);
  const open = useUi((s) => s.timelineOpen);
  const setOpen = useUi((s) => s.setTimelineOpen);
  const now = useNow(500, !isOver(run) && run.state !== "parked");
  const { bars, total } = useMemo(() => timelineOf(run, Object.values(steps), now), [run, steps, now]);
  const name = (bar: Bar) => nodeName(graph.nodes[bar.node], bar.node);
  const label = (bar: Bar) => {
    const time = formatDuration(bar.ms);
    return bar.phase === "pause"
      ? t("timeline.pause", { time })
      : t("timeline.bar", { step: name(bar), time });
  };
  if (bars.length === 0) return null;
  return (
    <section className={styles.region} aria-label={t("timeline.title")}>
      <div className={styles.bar}>
        <h3>{t("timeline.title")}</h3>
        <span className="num sm t3">0 s</span>
        <Track bars={bars} label={label} />
        <span className="num sm t3">{formatDuration(total)}</span>
        <IconButton
          label={open ? t("timeline.collapse") : t("timeline.expand")}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? <ChevronDown size={16} aria-hidden /> : <ChevronUp size={16} aria-hidden />}
        </IconButton>
      </div>
      {open && (
        <ol className={styles.rows}>
          {bars
            .filter((bar) => bar.phase !== "pause")
            .map((bar) => (
              <li key={bar.path}>
                <button type="button" onClick={() => onOpen(bar.node)}>
                  {name(bar)}
                </button>
                <Track bars={[bar]} label={label} />
                <span className="num">{formatDuration(bar.ms)}</span>
              </li>
            ))}
        </ol>
      )}
    </section>
  );
}
