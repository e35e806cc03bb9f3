import { expect, test } from "vitest";
import type { FlowGraph } from "~/api/types";
import { portsOf, step, topologicalOrder } from "~/model/flow";
import { fitted, place, tidy } from "~/model/layout";

function graphOf(edges: string[]): FlowGraph {
  const ids = [...new Set(edges.flatMap((edge) => edge.split(/:\w+>|>/)))];
  return {
    nodes: Object.fromEntries(ids.map((id) => [id, { type: "call", name: id }])),
    edges: Object.fromEntries(
      edges.map((edge, index) => {
        const [from = "", to = ""] = edge.split(/:\w+>|>/);
        const port = /:(\w+)>/.exec(edge)?.[1] ?? "main";
        return [
          `e${index}`,
          { from: [from, port] as [string, string], to: [to, "main"] as [string, string] },
        ];
      }),
    ),
  };
}

const BRANCHED = graphOf(["start>find", "find:found>map", "find:missing>create", "create>map", "map>end"]);

test("every edge points forward in the order", () => {
  const order = topologicalOrder(BRANCHED);
  for (const { from, to } of Object.values(BRANCHED.edges)) {
    expect(order.indexOf(from[0])).toBeLessThan(order.indexOf(to[0]));
  }
});

test("nodes on a cycle are listed too, last", () => {
  expect(topologicalOrder(graphOf(["a>b", "b>c", "c>b"]))).toEqual(["a", "b", "c"]);
});

test("a node shows the ports its edges use", () => {
  expect(portsOf(BRANCHED, "find")).toEqual({ inputs: ["main"], outputs: ["found", "missing"] });
  expect(portsOf(BRANCHED, "end")).toEqual({ inputs: ["main"], outputs: [] });
});

test("arrows follow edges sideways and the drawing up and down", () => {
  const places = {
    start: { x: 0, y: 0 },
    find: { x: 300, y: 0 },
    map: { x: 0, y: 160 },
    create: { x: 600, y: 80 },
    end: { x: 300, y: 160 },
  };
  expect(step(BRANCHED, places, "start", "right")).toBe("find");
  expect(step(BRANCHED, places, "find", "right")).toBe("create");
  expect(step(BRANCHED, places, "map", "left")).toBe("find");
  expect(step(BRANCHED, places, "start", "down")).toBe("map");
  expect(step(BRANCHED, places, "start", "left")).toBeNull();
  expect(step(BRANCHED, places, "start", "up")).toBeNull();
});

test("without a layout the flow wraps like text", () => {
  const line = graphOf(["a>b", "b>c", "c>d"]);
  const places = tidy(line, 900);
  expect(places.a).toEqual({ x: 0, y: 0 });
  expect(places.c).toEqual({ x: 608, y: 0 });
  expect(places.d).toEqual({ x: 0, y: 160 });
  expect(tidy(line, 2000).d).toEqual({ x: 912, y: 0 });
});

test("branches of one depth stand under each other and never on each other", () => {
  const places = Object.values(tidy(BRANCHED, 600));
  const spots = new Set(places.map(({ x, y }) => `${x},${y}`));
  expect(spots.size).toBe(5);
});

test("a note around nodes is their frame, any other is a note", () => {
  const line = graphOf(["a>b"]);
  const nodes = { a: { x: 32, y: 56 }, b: { x: 336, y: 56 } };
  const notes = {
    group: { text: "Read the deal", x: 0, y: 0, w: 600, h: 144 },
    hint: { text: "Ask Anna", x: 0, y: 300, w: 200, h: 60 },
  };
  const { frames, notes: left, bounds } = place(line, { nodes, notes }, 900);
  expect(frames.map((frame) => frame.title)).toEqual(["Read the deal"]);
  expect(left.map((note) => note.title)).toEqual(["Ask Anna"]);
  expect(bounds).toEqual({ x: 0, y: 0, width: 600, height: 360 });
});

test("the view shows everything, never larger than life", () => {
  const bounds = { x: 0, y: 0, width: 896, height: 528 };
  expect(fitted(bounds, { width: 912, height: 745 })).toMatchObject({ zoom: 1, x: 8, y: 20 });
  expect(fitted(bounds, { width: 600, height: 745 }).zoom).toBeCloseTo(584 / 896);
  expect(fitted(bounds, { width: 2000, height: 1200 })).toMatchObject({ zoom: 1, x: 552 });
});
