import type { Run, Step } from "~/api/types";
import type { NodePhase } from "~/model/overlay";

/** A run as bars on one line of time. `from` and `to` are shares (0 to 1) of the run's whole length. */

export type Bar = {
  path: string;
  node: string;
  phase: NodePhase | "pause";
  from: number;
  to: number;
  ms: number;
};
export type Timeline = { bars: Bar[]; total: number };

const PHASE: Record<Step["state"], NodePhase> = {
  begun: "running",
  done: "done",
  retry: "retrying",
  wait: "waiting",
  fail: "failed",
  skipped: "skipped",
};

const at = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));

/** A parked run's line ends where it stopped. Bars for the steps that took time, and a pause wherever nothing ran for more than 2 % of the time. */
export function timelineOf(run: Run, steps: Step[], now: number): Timeline {
  const start = at(run.started_at) ?? at(run.queued_at) ?? now;
  const last = Math.max(start, ...steps.map((step) => at(step.ended_at) ?? start));
  const end = Math.max(at(run.ended_at) ?? (run.state === "parked" ? last : now), start + 1);
  const total = end - start;
  const share = (time: number) => Math.min(1, Math.max(0, (time - start) / total));
  const timed = steps
    .filter((step) => step.started_at !== null && step.state !== "skipped")
    .toSorted((a, b) => (at(a.started_at) ?? 0) - (at(b.started_at) ?? 0));
  const bars: Bar[] = [];
  let reached = start;
  for (const step of timed) {
    const from = at(step.started_at) ?? start;
    const to = at(step.ended_at) ?? (step.state === "begun" ? end : from + (step.ms ?? 0));
    if (from - reached > total * 0.02) {
      bars.push({
        path: "",
        node: "",
        phase: "pause",
        from: share(reached),
        to: share(from),
        ms: from - reached,
      });
    }
    bars.push({
      path: step.path,
      node: step.node,
      phase: PHASE[step.state],
      from: share(from),
      to: share(to),
      ms: to - from,
    });
    reached = Math.max(reached, to);
  }
  if (end - reached > total * 0.02 && timed.length > 0) {
    bars.push({ path: "", node: "", phase: "pause", from: share(reached), to: 1, ms: end - reached });
  }
  return { bars, total };
}
