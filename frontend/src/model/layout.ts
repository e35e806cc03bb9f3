import type { FlowGraph, FlowLayout, NoteSpec, Point } from "~/api/types";
import { incoming, levelOrder } from "~/model/flow";
import { type Level, levelsOf } from "~/model/inside";

/** Where things stand on the canvas. Pixel sizes are those of the node and frame parts. */

export const NODE = { width: 224, height: 56 } as const;
export const PITCH = { x: 304, y: 160 } as const;
const STACK = 80;

export type Box = { x: number; y: number; width: number; height: number };
export type Frame = Box & { id: string; title: string };
type Placed = Record<string, Point>;
export type Placement = { nodes: Record<string, Point>; frames: Frame[]; notes: Frame[]; bounds: Box };

/** How far each node is from the start: the longest way, so that edges never point back. */
function depths(graph: FlowGraph): Map<string, number> {
  const depth = new Map<string, number>();
  for (const id of levelOrder(graph)) {
    const before = incoming(graph, id).map((edge) => depth.get(edge.from[0]) ?? -1);
    depth.set(id, Math.max(-1, ...before) + 1);
  }
  return depth;
}

/** Left to right by depth, wrapping like text after as many columns as fit into `width`. */
export function tidy(graph: FlowGraph, width: number): Record<string, Point> {
  const columns = Math.max(1, Math.floor((width + PITCH.x - NODE.width) / PITCH.x));
  const layers: string[][] = [];
  for (const [id, depth] of depths(graph)) layers[depth] = [...(layers[depth] ?? []), id];
  const places: Record<string, Point> = {};
  let top = 0;
  for (let start = 0; start < layers.length; start += columns) {
    const row = layers.slice(start, start + columns);
    row.forEach((layer, column) => {
      layer.forEach((id, index) => {
        places[id] = { x: column * PITCH.x, y: top + index * STACK };
      });
    });
    top += PITCH.y + (Math.max(...row.map((layer) => layer.length)) - 1) * STACK;
  }
  return places;
}

function around(boxes: Box[]): Box {
  if (boxes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const holds = (note: NoteSpec, point: Point): boolean =>
  point.x >= note.x &&
  point.y >= note.y &&
  point.x + NODE.width <= note.x + note.w &&
  point.y + NODE.height <= note.y + note.h;

/** Notes that have nodes inside, as frames around them; the others are notes. */
function split(layout: FlowLayout, places: Record<string, Point>): { frames: Frame[]; notes: Frame[] } {
  const boxes = Object.entries(layout.notes ?? {}).map(([id, note]) => ({
    framed: Object.values(places).some((point) => holds(note, point)),
    box: { id, title: note.text, x: note.x, y: note.y, width: note.w, height: note.h },
  }));
  const pick = (framed: boolean) => boxes.filter((one) => one.framed === framed).map((one) => one.box);
  return { frames: pick(true), notes: pick(false) };
}

const MARGIN = { x: 16, top: 40, bottom: 24 } as const;

const boxesOf = (ids: string[], places: Record<string, Point>): Box[] =>
  ids.flatMap((id) => (places[id] ? { ...places[id], ...NODE } : []));

/** What is inside a step stands in a frame of its own: where it is stored, else below everything before it. */
function placeInside(level: Level, name: string, stored: Placed, above: Box, width: number) {
  const ids = Object.keys(level.graph.nodes);
  const complete = ids.every((id) => stored[id] !== undefined);
  const own = complete ? stored : tidy(level.graph, width);
  const top = above.y + above.height + PITCH.y / 2 + MARGIN.top;
  const by = complete ? { x: 0, y: 0 } : { x: above.x + MARGIN.x, y: top };
  const nodes: Placed = {};
  for (const id of ids) nodes[id] = { x: (own[id]?.x ?? 0) + by.x, y: (own[id]?.y ?? 0) + by.y };
  const box = around(boxesOf(ids, nodes));
  const frame: Frame = {
    id: `in:${level.container}`,
    title: name,
    x: box.x - MARGIN.x,
    y: box.y - MARGIN.top,
    width: box.width + 2 * MARGIN.x,
    height: box.height + MARGIN.top + MARGIN.bottom,
  };
  return { nodes, frame };
}

/** The stored layout where it has a place for a node, a tidy one where it has none for any. */
export function place(graph: FlowGraph, layout: FlowLayout, width: number): Placement {
  const stored = layout.nodes ?? {};
  const [top, ...inner] = levelsOf(graph) as [Level, ...Level[]];
  const outer = Object.keys(top.graph.nodes);
  const complete = outer.every((id) => stored[id] !== undefined);
  let nodes = complete ? stored : tidy(top.graph, width);
  const { frames, notes } = split(layout, nodes);
  let bounds = around([...boxesOf(outer, nodes), ...frames, ...notes]);
  for (const level of inner) {
    if (Object.keys(level.graph.nodes).length === 0) continue;
    const name = graph.nodes[level.container]?.name || level.container;
    const made = placeInside(level, name, stored, bounds, width);
    nodes = { ...nodes, ...made.nodes };
    frames.push(made.frame);
    bounds = around([bounds, made.frame]);
  }
  return { nodes, frames, notes, bounds };
}

export type View = { x: number; y: number; zoom: number };

/** The view that shows everything above the tools at 100 % if it fits, smaller if not; small flows sit at the top left like text. */
export function fitted(
  bounds: Box,
  pane: { width: number; height: number },
  margin = { x: 8, y: 20, bottom: 64 },
): View {
  if (bounds.width === 0 || pane.width === 0) return { x: margin.x, y: margin.y, zoom: 1 };
  const zoom = Math.min(
    1,
    Math.max(
      0.3,
      Math.min(
        (pane.width - 2 * margin.x) / bounds.width,
        (pane.height - margin.y - margin.bottom) / bounds.height,
      ),
    ),
  );
  const slack = Math.max(0, pane.width - bounds.width * zoom) / 2;
  return { x: Math.round(slack - bounds.x * zoom), y: Math.round(margin.y - bounds.y * zoom), zoom };
}
