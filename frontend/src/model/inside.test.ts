import { expect, test } from "vitest";
import type { FlowGraph, Run, Step } from "~/api/types";
import { topologicalOrder } from "~/model/flow";
import { flattened, placesIn, shownAt } from "~/model/inside";
import { NODE, place } from "~/model/layout";
import { overlayOf } from "~/model/overlay";

const map = { type: "map", name: "" };

const GRAPH: FlowGraph = {
  nodes: {
    after: map,
    start: { type: "trigger", name: "" },
    each: {
      type: "for_each",
      name: "For each line",
      body: {
        nodes: {
          guard: { type: "try_scope", name: "Try", body: { nodes: { make: map }, edges: {} } },
          look: map,
        },
        edges: { a: { from: ["look", "main"], to: ["guard", "main"] } },
      },
    },
    call: { type: "sub_flow", name: "", config: { flow: "ensure-customer" } },
  },
  edges: {
    a: { from: ["start", "main"], to: ["each", "main"] },
    b: { from: ["each", "main"], to: ["call", "main"] },
    c: { from: ["call", "main"], to: ["after", "main"] },
  },
};

const step = (path: string, state: Step["state"] = "done"): Step => ({
  path,
  node: (path.split("/").at(-1) ?? path).replace(/\[.*/, ""),
  state,
  attempt: 1,
  started_at: null,
  ended_at: null,
  ms: 1,
  port: "main",
  problem: null,
  effect: null,
  next_at: null,
});

test("everything inside comes beside, with its edges, and the same graph gives the same result", () => {
  const flat = flattened(GRAPH);
  expect(Object.keys(flat.nodes).toSorted()).toEqual([
    "after",
    "call",
    "each",
    "guard",
    "look",
    "make",
    "start",
  ]);
  expect(flat.nodes.make?.inside).toBe("guard");
  expect(flat.edges["each/a"]).toEqual({ from: ["look", "main"], to: ["guard", "main"] });
  expect(flattened(GRAPH)).toBe(flat);
  expect(flattened(flat).nodes.guard?.inside).toBe("each");
});

test("what is inside a step is read right after it", () => {
  expect(topologicalOrder(flattened(GRAPH))).toEqual([
    "start",
    "each",
    "look",
    "guard",
    "make",
    "call",
    "after",
  ]);
});

test("each container's steps stand in a frame of their own, on nothing else", () => {
  const { nodes, frames } = place(flattened(GRAPH), {}, 900);
  expect(frames.map((frame) => frame.title)).toEqual(["For each line", "Try"]);
  const boxes = Object.values(nodes).map((at) => ({ ...at, ...NODE }));
  for (const [index, one] of boxes.entries())
    for (const other of boxes.slice(index + 1))
      expect(Math.abs(one.x - other.x) >= NODE.width || Math.abs(one.y - other.y) >= NODE.height).toBe(true);
  const [each, guard] = frames;
  expect(each !== undefined && guard !== undefined && guard.y >= each.y + each.height).toBe(true);
});

test("a step is shown by its node, one of a called flow by the node that calls it", () => {
  const places = placesIn(flattened(GRAPH));
  expect(shownAt(places, "each[A]/guard/make")).toBe("make");
  expect(shownAt(places, "call/make")).toBe("call");
  expect(shownAt(places, "gone")).toBe(null);
  const flat = flattened(GRAPH);
  const running = overlayOf(flat, null as Run | null, [step("call/make", "fail"), step("call/start")]);
  expect(running.nodes.call?.phase).toBe("failed");
  expect(running.nodes.make).toBe(undefined);
  const over = overlayOf(flat, null, [step("call/make", "fail"), step("call"), step("each[A]/guard/make")]);
  expect(over.nodes.call?.phase).toBe("done");
  expect(over.nodes.make?.count).toBe(1);
});
