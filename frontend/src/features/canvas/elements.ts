import type { Catalogue, FlowGraph } from "~/api/types";
import type { FlowNodeType, FrameNodeType, NoteNodeType } from "~/features/canvas/FlowNodeView";
import type { WireType } from "~/features/canvas/WireEdge";
import { type CanvasT, nodeName, secondLine } from "~/features/canvas/words";
import { iconOf } from "~/model/describe";
import { edgesOf, portsOf } from "~/model/flow";
import { NODE, type Placement } from "~/model/layout";

export type CanvasNode = FlowNodeType | FrameNodeType | NoteNodeType;

const still = { draggable: false, connectable: false, deletable: false } as const;

function steps(
  graph: FlowGraph,
  places: Placement,
  catalogue: Catalogue | undefined,
  t: CanvasT,
): FlowNodeType[] {
  return Object.entries(graph.nodes).map(([id, node]) => ({
    ...still,
    id,
    type: "step",
    position: places.nodes[id] ?? { x: 0, y: 0 },
    ...NODE,
    ariaRole: "button",
    zIndex: 2,
    data: {
      title: nodeName(node, id),
      line: secondLine(node, catalogue, t),
      icon: iconOf(node),
      ...portsOf(graph, id),
    },
  }));
}

function frames(places: Placement): FrameNodeType[] {
  return places.frames.map((frame) => ({
    ...still,
    id: `frame:${frame.id}`,
    type: "frame",
    position: { x: frame.x, y: frame.y },
    width: frame.width,
    height: frame.height,
    selectable: false,
    focusable: false,
    zIndex: -1,
    data: { title: frame.title },
  }));
}

function notes(places: Placement): NoteNodeType[] {
  return places.notes.map((note) => ({
    ...still,
    id: `note:${note.id}`,
    type: "note",
    position: { x: note.x, y: note.y },
    width: note.width,
    height: note.height,
    selectable: false,
    focusable: false,
    zIndex: 0,
    data: { text: note.title },
  }));
}

/** Everything the canvas draws, from the document. Runs are not part of it (see `runStore`). */
export function canvasNodes(
  graph: FlowGraph,
  places: Placement,
  catalogue: Catalogue | undefined,
  t: CanvasT,
): CanvasNode[] {
  return [...frames(places), ...notes(places), ...steps(graph, places, catalogue, t)];
}

export function canvasWires(graph: FlowGraph): WireType[] {
  return edgesOf(graph).map(({ id, from, to }) => ({
    id,
    type: "wire",
    source: from[0],
    sourceHandle: from[1],
    target: to[0],
    targetHandle: to[1],
    focusable: false,
    selectable: false,
    deletable: false,
    data: { label: from[1] === "main" ? "" : from[1].replaceAll("_", " ") },
  }));
}
