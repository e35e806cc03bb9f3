import { lazy, Suspense } from "react";
import type { FlowGraph, FlowLayout } from "~/api/types";
import { Outline } from "~/features/canvas/Outline";
import { useUi } from "~/stores/uiStore";
import { Loading } from "~/ui/Blank";
import { useNarrow } from "~/ui/useNarrow";

const FlowCanvas = lazy(async () => ({ default: (await import("~/features/canvas/FlowCanvas")).FlowCanvas }));

type Props = {
  graph: FlowGraph;
  layout: FlowLayout;
  name: string;
  selected: string | null;
  onOpen: (node: string) => void;
  onClose: () => void;
};

/** A flow on the canvas, or as a list where the screen is narrow or the reader prefers it. */
export function RunView(props: Props) {
  const narrow = useNarrow();
  const view = useUi((s) => s.view);
  if (narrow || view === "outline")
    return <Outline graph={props.graph} selected={props.selected} onOpen={props.onOpen} />;
  return (
    <Suspense fallback={<Loading />}>
      <FlowCanvas {...props} />
    </Suspense>
  );
}
