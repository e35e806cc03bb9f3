import { expect, test } from "vitest";
import type { FlowGraph, Run, Step } from "~/api/types";
import { flattened } from "~/model/inside";
import { overlayOf } from "~/model/overlay";
import { isCounted, withCounted } from "~/model/tallies";

const GRAPH: FlowGraph = flattened({
  nodes: {
    each: {
      type: "for_each",
      body: {
        nodes: { price: { type: "map" }, write: { type: "call" } },
        edges: { pw: { from: ["price", "main"], to: ["write", "main"] } },
      },
    },
  },
  edges: {},
} as unknown as FlowGraph);

const RUN = { id: 1, state: "running", reason: "" } as Run;

const step = (node: string, state: Step["state"], key: number): Step => ({
  path: `each[${key}]/${node}`,
  node,
  state,
  attempt: 1,
  started_at: null,
  ended_at: null,
  ms: 5,
  port: "main",
  problem: null,
  effect: null,
  next_at: null,
});

test("counted steps give their node a state and a number", () => {
  const { nodes } = overlayOf(GRAPH, RUN, [], { price: { done: 9_500 }, write: { done: 9_000, begun: 1 } });
  expect(nodes.price).toMatchObject({ phase: "done", count: 9_500, path: "" });
  expect(nodes.write).toMatchObject({ phase: "running", count: 9_001 });
});

test("a step that failed shows with its own path among thousands that are counted", () => {
  const failed = step("write", "fail", 7);
  const { nodes } = overlayOf(GRAPH, RUN, [failed], { write: { done: 9_999, fail: 1 } });
  expect(nodes.write).toMatchObject({ phase: "failed", path: failed.path, count: 10_000 });
});

test("a step that was under way is over when no such step is counted any more", () => {
  const steps = withCounted(GRAPH, [step("write", "begun", 3)], { write: { done: 4 } });
  expect(steps.map((one) => [one.state, isCounted(one)])).toEqual([["done", true]]);
});

test("edges inside the loop are drawn as taken", () => {
  const { edges } = overlayOf(GRAPH, RUN, [], { price: { done: 10 }, write: { done: 10 } });
  expect(Object.values(edges)).toEqual(["taken"]);
});

test("without counts everything is as it was told", () => {
  const steps = [step("write", "done", 1)];
  expect(withCounted(GRAPH, steps, {})).toEqual(steps);
});
