import "@xyflow/react/dist/base.css";
import { useComputedColorScheme } from "@mantine/core";
import { Background, MiniMap, ReactFlow, ReactFlowProvider } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "~/api/queries/session";
import type { FlowGraph, FlowLayout } from "~/api/types";
import { CanvasTools } from "~/features/canvas/CanvasTools";
import { canvasNodes, canvasWires } from "~/features/canvas/elements";
import styles from "~/features/canvas/FlowCanvas.module.css";
import { FlowNodeView, FrameView, NoteView } from "~/features/canvas/FlowNodeView";
import { MiniNode } from "~/features/canvas/MiniNode";
import { useView } from "~/features/canvas/useView";
import { useWalk } from "~/features/canvas/useWalk";
import { WireEdge } from "~/features/canvas/WireEdge";
import { place } from "~/model/layout";
import { useRunStore } from "~/stores/runStore";

const nodeTypes = { step: FlowNodeView, frame: FrameView, note: NoteView };
const edgeTypes = { wire: WireEdge };

const MINI = { width: 152, height: 100 };

/** From here on only what is in view is drawn, and the overview is left out. */
const MANY = 150;

type Props = {
  graph: FlowGraph;
  layout: FlowLayout;
  name: string;
  selected: string | null;
  onOpen: (node: string) => void;
  onClose: () => void;
};

/** The first node a run failed at, so that the canvas can bring it into view once. */
function useFailedNode(): string | null {
  return useRunStore(
    (s) => Object.entries(s.overlay.nodes).find(([, status]) => status.phase === "failed")?.[0] ?? null,
  );
}

function Canvas({ graph, layout, name, selected, onOpen, onClose }: Props) {
  const { t } = useTranslation("canvas");
  const scheme = useComputedColorScheme("light");
  const { data: catalogue } = useCatalogue();
  const pane = useRef<HTMLDivElement>(null);
  const places = useMemo(() => place(graph, layout, 900), [graph, layout]);
  const nodes = useMemo(() => canvasNodes(graph, places, catalogue, t), [graph, places, catalogue, t]);
  const shown = useMemo(
    () => nodes.map((n) => (n.id === selected ? { ...n, selected: true } : n)),
    [nodes, selected],
  );
  const wires = useMemo(() => canvasWires(graph), [graph]);
  const { fit, onMove, show } = useView(pane, places);
  const walk = useWalk(pane, graph, places, onOpen);
  const failed = useFailedNode();
  const many = nodes.length > MANY;

  useEffect(() => {
    if (failed !== null) show(failed);
  }, [failed, show]);

  return (
    <div className={styles.canvas} ref={pane} onKeyDownCapture={walk}>
      <ReactFlow
        aria-label={t("label", { flow: name })}
        nodes={shown}
        edges={wires}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomOnDoubleClick={false}
        panOnScroll
        minZoom={0.3}
        maxZoom={1.5}
        onlyRenderVisibleElements={many}
        onInit={fit}
        onMove={onMove}
        onNodeClick={(_, node) => onOpen(node.id)}
        onPaneClick={onClose}
        ariaLabelConfig={{ "node.a11yDescription.default": t("aria.nodeHelp") }}
      >
        <Background gap={16} size={1.6} />
        <CanvasTools fit={fit} />
        {!many && (
          <MiniMap
            position="bottom-right"
            nodeComponent={MiniNode}
            ariaLabel={t("minimap")}
            style={MINI}
            pannable
          />
        )}
      </ReactFlow>
    </div>
  );
}

export function FlowCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}
