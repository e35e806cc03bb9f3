import type { FlowGraph, Step, StepState, Tallies } from "~/api/types";
import { placesIn } from "~/model/inside";

/** Runs with very many steps: those of a loop's items are counted, not told one by one. Pure. */

const COUNTED: Omit<Step, "path" | "node" | "state"> = {
  attempt: 0,
  started_at: null,
  ended_at: null,
  ms: null,
  port: null,
  problem: null,
  effect: null,
  next_at: null,
};

/** A step that stands for counted ones has attempt 0 and nothing of its own to show. */
export const isCounted = (step: Step): boolean => step.attempt === 0;

export const total = (counts: Tallies[string] | undefined): number =>
  Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);

/** The steps that are known one by one, less what the counts say is over, and one for each state that is only counted. */
export function withCounted(graph: FlowGraph, steps: Iterable<Step>, tallies: Tallies): Step[] {
  const known = [...steps].filter((step) => {
    const counts = tallies[step.node];
    return counts === undefined || !step.path.includes("[") || (counts[step.state] ?? 0) > 0;
  });
  const told = new Set(known.map((step) => `${step.node} ${step.state}`));
  const counted = [...placesIn(graph)].flatMap(([path, node]) =>
    Object.entries(tallies[node] ?? {})
      .filter(([state, count]) => count > 0 && !told.has(`${node} ${state}`))
      .map(([state]): Step => ({ ...COUNTED, path, node, state: state as StepState })),
  );
  return [...known, ...counted];
}
