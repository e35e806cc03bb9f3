import type { FlowEdge, FlowGraph } from "~/api/types";
import { levelsOf } from "~/model/inside";

/** Reading a flow's graph: order, neighbours, ports. Pure; the editor's commands will live beside it. */

export type EdgeRef = FlowEdge & { id: string };

export function edgesOf(graph: FlowGraph): EdgeRef[] {
  return Object.entries(graph.edges).map(([id, edge]) => ({ id, ...edge }));
}

export function outgoing(graph: FlowGraph, node: string): EdgeRef[] {
  return edgesOf(graph).filter((edge) => edge.from[0] === node);
}

export function incoming(graph: FlowGraph, node: string): EdgeRef[] {
  return edgesOf(graph).filter((edge) => edge.to[0] === node);
}

/** Node ids in reading order: every edge points forward, and what is inside a step comes right after it. */
export function topologicalOrder(graph: FlowGraph): string[] {
  const levels = new Map(
    levelsOf(graph).map(({ container, graph: level }) => [container, levelOrder(level)]),
  );
  const read = (container: string): string[] =>
    (levels.get(container) ?? []).flatMap((id) => [id, ...(levels.has(id) ? read(id) : [])]);
  return read("");
}

/** One level in order; the document's own order breaks ties. Nodes on a cycle come last. */
export function levelOrder(graph: FlowGraph): string[] {
  const ids = Object.keys(graph.nodes);
  const waiting = new Map(
    ids.map((id) => [id, incoming(graph, id).filter((e) => e.from[0] in graph.nodes).length]),
  );
  const order: string[] = [];
  let ready = ids.filter((id) => waiting.get(id) === 0);
  while (ready.length > 0) {
    const [id, ...rest] = ready as [string, ...string[]];
    order.push(id);
    const freed: string[] = [];
    for (const edge of outgoing(graph, id)) {
      const left = (waiting.get(edge.to[0]) ?? 0) - 1;
      waiting.set(edge.to[0], left);
      if (left === 0) freed.push(edge.to[0]);
    }
    ready = [...rest, ...freed].sort((a, b) => ids.indexOf(a) - ids.indexOf(b));
  }
  return [...order, ...ids.filter((id) => !order.includes(id))];
}

/** Ports a node shows: those its edges use, in the order they are first used. */
export function portsOf(graph: FlowGraph, node: string): { inputs: string[]; outputs: string[] } {
  const inputs = new Set(incoming(graph, node).map((edge) => edge.to[1]));
  const outputs = new Set(outgoing(graph, node).map((edge) => edge.from[1]));
  return { inputs: [...inputs], outputs: [...outputs] };
}

export type Direction = "left" | "right" | "up" | "down";

type Placed = Record<string, { x: number; y: number }>;

function nearest(candidates: string[], places: Placed, from: { x: number; y: number }): string | null {
  const distance = (id: string) => Math.hypot((places[id]?.x ?? 0) - from.x, (places[id]?.y ?? 0) - from.y);
  return candidates.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}

/** Where an arrow key leads: left and right along the edges, up and down to the nearest node on the canvas. */
export function step(graph: FlowGraph, places: Placed, node: string, direction: Direction): string | null {
  const here = places[node];
  if (here === undefined) return null;
  if (direction === "right")
    return nearest(
      outgoing(graph, node).map((e) => e.to[0]),
      places,
      here,
    );
  if (direction === "left")
    return nearest(
      incoming(graph, node).map((e) => e.from[0]),
      places,
      here,
    );
  const sign = direction === "down" ? 1 : -1;
  const beyond = Object.keys(graph.nodes).filter((id) => ((places[id]?.y ?? 0) - here.y) * sign > 8);
  return nearest(beyond, places, here);
}
