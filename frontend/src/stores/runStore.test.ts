import { beforeEach, expect, test } from "vitest";
import type { FlowGraph, Run, RunTimeline, Step } from "~/api/types";
import { useRunStore } from "~/stores/runStore";

const GRAPH: FlowGraph = { nodes: { a: { type: "call", name: "A" } }, edges: {} };
const step = (state: Step["state"]) =>
  ({ path: "a", node: "a", state, attempt: 1, ms: 1, port: null }) as Step;
const news = (seq: number, state: Step["state"]): RunTimeline => ({
  run: { id: 1, state: "running" } as Run,
  seq,
  steps: [step(state)],
});
const store = useRunStore.getState;

beforeEach(() => {
  store().clear();
  store().begin(1, GRAPH);
});

test("changes merge, and old news never overwrites newer", () => {
  store().apply(1, news(5, "begun"), true);
  store().apply(1, news(6, "done"), false);
  store().apply(1, news(5, "begun"), false);
  expect(store().overlay.nodes.a?.phase).toBe("done");
  expect(store().seq).toBe(6);
});

test("news of another run is not shown", () => {
  store().apply(2, news(9, "done"), true);
  expect(store().run).toBeNull();
});

test("another run begins with an empty canvas, the same one keeps what is known", () => {
  store().apply(1, news(5, "done"), true);
  store().begin(1, { ...GRAPH });
  expect(store().overlay.nodes.a?.phase).toBe("done");
  store().begin(2, GRAPH);
  expect(store().overlay.nodes).toEqual({});
  expect(store().seq).toBe(0);
});
