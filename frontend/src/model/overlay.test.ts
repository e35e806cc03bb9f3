import { expect, test } from "vitest";
import type { FlowGraph, Run, Step } from "~/api/types";
import { overlayOf, shared, tally } from "~/model/overlay";
import { timelineOf } from "~/model/timeline";

const GRAPH: FlowGraph = {
  nodes: { a: { type: "filter", name: "A" }, b: { type: "call", name: "B" }, c: { type: "call", name: "C" } },
  edges: {
    ab: { from: ["a", "main"], to: ["b", "main"] },
    ac: { from: ["a", "filtered"], to: ["c", "main"] },
  },
};

const RUN = {
  id: 1,
  state: "running",
  reason: "",
  started_at: "2026-11-21T14:00:00Z",
  queued_at: "2026-11-21T14:00:00Z",
  ended_at: null,
} as Run;

function stepOf(change: Partial<Step>): Step {
  return {
    path: change.node ?? "a",
    node: "a",
    state: "done",
    attempt: 1,
    started_at: "2026-11-21T14:00:00Z",
    ended_at: "2026-11-21T14:00:01Z",
    ms: 1000,
    port: "main",
    problem: null,
    effect: null,
    next_at: null,
    ...change,
  };
}

test("an edge is taken, carrying or skipped by the port its source left by", () => {
  const running = stepOf({ node: "b", state: "begun", port: null, ms: null, ended_at: null });
  const overlay = overlayOf(GRAPH, RUN, [stepOf({}), running]);
  expect(overlay.edges).toEqual({ ab: "carrying", ac: "skipped" });
  expect(overlayOf(GRAPH, RUN, [stepOf({}), stepOf({ node: "b" })]).edges.ab).toBe("taken");
  expect(overlayOf(GRAPH, RUN, [stepOf({ port: "filtered" })]).edges).toEqual({ ab: "skipped", ac: "taken" });
});

test("nothing is said about edges whose source has not run", () => {
  expect(overlayOf(GRAPH, RUN, []).edges).toEqual({});
});

test("edges out of a skipped node are skipped", () => {
  expect(overlayOf(GRAPH, RUN, [stepOf({ state: "skipped", port: null })]).edges).toEqual({
    ab: "skipped",
    ac: "skipped",
  });
});

test("of a loop's many steps the worst shows, with the time of all", () => {
  const steps = [
    stepOf({ path: "each[1]/b", node: "b", ms: 100 }),
    stepOf({
      path: "each[2]/b",
      node: "b",
      ms: 300,
      state: "fail",
      problem: { kind: "data", code: "x", sentence: "No.", pointer: "" },
    }),
  ];
  const { b, ...others } = GRAPH.nodes;
  const inLoop = { ...others, each: { type: "for_each", name: "Each" }, b: { ...b, inside: "each" } };
  expect(overlayOf({ ...GRAPH, nodes: inLoop as FlowGraph["nodes"] }, RUN, steps).nodes.b).toMatchObject({
    phase: "failed",
    ms: 400,
    count: 2,
    path: "each[2]/b",
  });
});

test("a parked run's reason is on its waiting node", () => {
  const overlay = overlayOf(GRAPH, { ...RUN, state: "parked", reason: "rate" }, [stepOf({ state: "wait" })]);
  expect(overlay.nodes.a).toMatchObject({ phase: "waiting", reason: "rate" });
});

test("what did not change stays the same object", () => {
  const before = overlayOf(GRAPH, RUN, [stepOf({}), stepOf({ node: "b", state: "begun" })]);
  const after = shared(before, overlayOf(GRAPH, RUN, [stepOf({}), stepOf({ node: "b" })]));
  expect(after.nodes.a).toBe(before.nodes.a);
  expect(after.nodes.b).not.toBe(before.nodes.b);
});

test("the tally counts nodes, not steps", () => {
  const overlay = overlayOf(GRAPH, RUN, [stepOf({}), stepOf({ node: "b", state: "skipped" })]);
  expect(tally(GRAPH, overlay)).toEqual({ done: 1, skipped: 1, total: 3 });
});

test("bars fill the run's line of time, with pauses between", () => {
  const steps = [
    stepOf({ started_at: "2026-11-21T14:00:00Z", ended_at: "2026-11-21T14:00:01Z" }),
    stepOf({ node: "b", started_at: "2026-11-21T14:00:03Z", ended_at: "2026-11-21T14:00:04Z" }),
  ];
  const over = { ...RUN, state: "succeeded", ended_at: "2026-11-21T14:00:04Z" } as Run;
  const { bars, total } = timelineOf(over, steps, 0);
  expect(total).toBe(4000);
  expect(bars.map((bar) => [bar.phase, bar.from, bar.to])).toEqual([
    ["done", 0, 0.25],
    ["pause", 0.25, 0.75],
    ["done", 0.75, 1],
  ]);
});

test("a parked run's line ends where it stopped, however long ago", () => {
  const parked = { ...RUN, state: "parked", reason: "person" } as Run;
  const { total } = timelineOf(parked, [stepOf({ state: "fail" })], Date.parse("2026-11-25T00:00:00Z"));
  expect(total).toBe(1000);
});
