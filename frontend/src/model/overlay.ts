import type { FlowGraph, ParkReason, Run, Step, StepProblem, Tallies } from "~/api/types";
import { edgesOf } from "~/model/flow";
import { placesIn, shownAt } from "~/model/inside";
import { isCounted, total, withCounted } from "~/model/tallies";

/** What a run looks like on the canvas: one status per node, one per edge, derived from the run's steps. */

export type NodePhase = "running" | "done" | "retrying" | "waiting" | "failed" | "skipped";

export type NodeStatus = {
  phase: NodePhase;
  path: string;
  attempt: number;
  ms: number | null;
  startedAt: string | null;
  nextAt: string | null;
  reason: ParkReason;
  problem: StepProblem | null;
  effect: number | null;
  /** The port it left by; null until done. */
  port: string | null;
  /** How many records of a list passed here; 1 outside loops. */
  count: number;
};

export type EdgePhase = "taken" | "carrying" | "skipped";

export type Overlay = { nodes: Record<string, NodeStatus>; edges: Record<string, EdgePhase> };

const PHASE: Record<Step["state"], NodePhase> = {
  begun: "running",
  done: "done",
  retry: "retrying",
  wait: "waiting",
  fail: "failed",
  skipped: "skipped",
};

const WEIGHT: Record<NodePhase, number> = {
  failed: 5,
  retrying: 4,
  waiting: 3,
  running: 2,
  done: 1,
  skipped: 0,
};

function statusOf(steps: Step[], run: Run | null): NodeStatus | null {
  const shown = steps.toSorted((a, b) => WEIGHT[PHASE[b.state]] - WEIGHT[PHASE[a.state]])[0];
  if (shown === undefined) return null;
  const total = steps.every((s) => s.ms !== null) ? steps.reduce((sum, s) => sum + (s.ms ?? 0), 0) : shown.ms;
  return {
    phase: PHASE[shown.state],
    path: isCounted(shown) ? "" : shown.path,
    attempt: shown.attempt,
    ms: total,
    startedAt: shown.started_at,
    nextAt: shown.next_at,
    reason: run?.reason ?? "",
    problem: shown.problem,
    effect: shown.effect,
    port: shown.port,
    count: steps.length,
  };
}

function edgePhase(source: Step[], target: NodeStatus | undefined, port: string): EdgePhase | null {
  const done = source.filter((s) => s.state === "done");
  if (done.some(isCounted)) return target?.phase === "running" ? "carrying" : target ? "taken" : null;
  if (done.length === 0)
    return source.length > 0 && source.every((s) => s.state === "skipped") ? "skipped" : null;
  if (!done.some((s) => (s.port ?? "main") === port)) return "skipped";
  return target?.phase === "running" ? "carrying" : "taken";
}

/** Steps by the node that shows them. A step of a called flow shows at the calling one as long as that has no own entry. */
function gathered(graph: FlowGraph, steps: Iterable<Step>): Map<string, Step[]> {
  const places = placesIn(graph);
  const own = new Map<string, Step[]>();
  const called = new Map<string, Step[]>();
  for (const step of steps) {
    const node = shownAt(places, step.path);
    if (node === null) continue;
    const kind = node === step.node ? own : called;
    const list = kind.get(node) ?? [];
    list.push(step);
    kind.set(node, list);
  }
  return new Map([...called, ...own]);
}

/** The overlay of one run on a graph. Steps of a loop are gathered under their node; the worst of them shows. */
export function overlayOf(
  graph: FlowGraph,
  run: Run | null,
  steps: Iterable<Step>,
  tallies: Tallies = {},
): Overlay {
  const byNode = gathered(graph, withCounted(graph, steps, tallies));
  const nodes: Record<string, NodeStatus> = {};
  for (const [node, list] of byNode) {
    const status = statusOf(list, run);
    if (status !== null) nodes[node] = { ...status, count: total(tallies[node]) || status.count };
  }
  const edges: Record<string, EdgePhase> = {};
  for (const edge of edgesOf(graph)) {
    const phase = edgePhase(byNode.get(edge.from[0]) ?? [], nodes[edge.to[0]], edge.from[1]);
    if (phase !== null) edges[edge.id] = phase;
  }
  return { nodes, edges };
}

function same<T extends object>(a: T | undefined, b: T): boolean {
  if (a === undefined) return false;
  return (Object.keys(b) as (keyof T)[]).every((key) => Object.is(a[key], b[key]));
}

/** Keep the old object where nothing changed, so that only the nodes that changed are drawn again. */
export function shared(before: Overlay, after: Overlay): Overlay {
  const nodes = Object.fromEntries(
    Object.entries(after.nodes).map(([id, status]) => {
      const old = before.nodes[id];
      return [id, old !== undefined && same(old, status) ? old : status];
    }),
  );
  return { nodes, edges: after.edges };
}

export const isOver = (run: Run): boolean => ["succeeded", "failed", "cancelled"].includes(run.state);

export type Tally = { done: number; skipped: number; total: number };

export function tally(graph: FlowGraph, overlay: Overlay): Tally {
  const phases = Object.values(overlay.nodes).map((status) => status.phase);
  return {
    done: phases.filter((p) => p === "done").length,
    skipped: phases.filter((p) => p === "skipped").length,
    total: Object.keys(graph.nodes).length,
  };
}
