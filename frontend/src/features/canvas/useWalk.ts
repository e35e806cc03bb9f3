import { type KeyboardEvent, type RefObject, useCallback } from "react";
import type { FlowGraph } from "~/api/types";
import { focusNode } from "~/features/canvas/focusNode";
import { type Direction, step } from "~/model/flow";
import type { Placement } from "~/model/layout";

const DIRECTION: Record<string, Direction> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** Arrow keys walk from node to node, Enter opens. */
export function useWalk(
  pane: RefObject<HTMLDivElement | null>,
  graph: FlowGraph,
  places: Placement,
  open: (node: string) => void,
) {
  return useCallback(
    (event: KeyboardEvent) => {
      const element = (event.target as HTMLElement).closest<HTMLElement>(".react-flow__node");
      const here = element?.dataset.id;
      if (here === undefined) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        open(here);
        return;
      }
      const direction = DIRECTION[event.key];
      if (direction === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const next = step(graph, places.nodes, here, direction);
      if (next !== null) focusNode(pane.current, next);
    },
    [pane, graph, places, open],
  );
}
