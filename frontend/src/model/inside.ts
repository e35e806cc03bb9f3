import type { FlowGraph, FlowNode } from "~/api/types";

/** Steps inside other steps (loops, tries): everything on one plane, each node knowing what it lies in. Pure. */

export type Level = { container: string; graph: FlowGraph };

const known = new WeakMap<FlowGraph, FlowGraph>();

function collect(level: FlowGraph, inside: string, into: FlowGraph): void {
  for (const [id, node] of Object.entries(level.nodes)) {
    into.nodes[id] = inside === "" ? node : { ...node, inside };
    if (node.body !== undefined) collect(node.body, id, into);
  }
  for (const [id, edge] of Object.entries(level.edges))
    into.edges[inside === "" ? id : `${inside}/${id}`] = edge;
}

/** The graph with the steps inside others beside them. The same graph gives the same result. */
export function flattened(graph: FlowGraph): FlowGraph {
  const before = known.get(graph);
  if (before !== undefined) return before;
  const flat: FlowGraph = { ...graph, nodes: {}, edges: {} };
  collect(graph, "", flat);
  known.set(graph, flat);
  return flat;
}

/** What stands on its own, and what stands inside each container: outer ones first. */
export function levelsOf(flat: FlowGraph): Level[] {
  const containers = ["", ...Object.keys(flat.nodes).filter((id) => flat.nodes[id]?.body !== undefined)];
  return containers.map((container) => {
    const own = Object.entries(flat.nodes).filter(([, node]) => (node.inside ?? "") === container);
    const nodes: Record<string, FlowNode> = Object.fromEntries(own);
    const edges = Object.entries(flat.edges).filter(
      ([, edge]) => edge.from[0] in nodes && edge.to[0] in nodes,
    );
    return { container, graph: { nodes, edges: Object.fromEntries(edges) } };
  });
}

/** Node ids by where their steps stand in a run: "each/create". */
export function placesIn(flat: FlowGraph): Map<string, string> {
  const place = (id: string): string => {
    const around = flat.nodes[id]?.inside;
    return around === undefined ? id : `${place(around)}/${id}`;
  };
  return new Map(Object.keys(flat.nodes).map((id) => [place(id), id]));
}

/** The node that shows the step at this path: its own, or the one that calls the flow it is a step of. */
export function shownAt(places: Map<string, string>, path: string): string | null {
  const parts = path.split("/").map((part) => part.replace(/\[.*$/, ""));
  for (let length = parts.length; length > 0; length -= 1) {
    const found = places.get(parts.slice(0, length).join("/"));
    if (found !== undefined) return found;
  }
  return null;
}
