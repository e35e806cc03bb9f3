import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import { fitted, type Placement } from "~/model/layout";

/** Keeps everything in view while the pane changes its size, until the reader moves the canvas. */
export function useView(pane: RefObject<HTMLDivElement | null>, places: Placement) {
  const flow = useReactFlow();
  const moved = useRef(false);
  const bounds = useRef(places.bounds);
  bounds.current = places.bounds;

  const showAll = useCallback(() => {
    moved.current = false;
    const size = pane.current?.getBoundingClientRect();
    if (size !== undefined) void flow.setViewport(fitted(bounds.current, size));
  }, [flow, pane]);

  useEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (!moved.current) showAll();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [pane, showAll]);

  /** Called by the canvas; an event means that the reader moved it, not we. */
  const onMove = useCallback((event: MouseEvent | TouchEvent | null) => {
    if (event !== null) moved.current = true;
  }, []);

  /** Bring a node into view once, for a failure, unless the reader has moved the canvas. */
  const show = useCallback(
    (node: string) => {
      if (!moved.current)
        void flow.fitView({ nodes: [{ id: node }], maxZoom: flow.getZoom(), duration: 200 });
    },
    [flow],
  );

  return { fit: showAll, onMove, show };
}
