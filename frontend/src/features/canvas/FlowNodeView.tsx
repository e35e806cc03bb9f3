import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import styles from "~/features/canvas/FlowNodeView.module.css";
import { NodeBadges } from "~/features/canvas/StatusBadge";
import { useNodeStatus } from "~/stores/runStore";
import { nodeIcon } from "~/ui/icons";

export type FlowNodeData = { title: string; line: string; icon: string; inputs: string[]; outputs: string[] };
export type FlowNodeType = Node<FlowNodeData, "step">;
export type FrameNodeType = Node<{ title: string }, "frame">;
export type NoteNodeType = Node<{ text: string }, "note">;

const SPREAD = 24;

/** Ports of one side, spread around the middle. The place of a port is a style property, set by script. */
function Ports({ ports, side }: { ports: string[]; side: "source" | "target" }) {
  return ports.map((port, index) => (
    <Handle
      key={port}
      id={port}
      type={side}
      position={side === "source" ? Position.Right : Position.Left}
      isConnectable={false}
      style={{ top: 28 + (index - (ports.length - 1) / 2) * SPREAD }}
    />
  ));
}

/** One step of a flow, 224 × 56: what it does, what is special, and what the run says about it. */
export const FlowNodeView = memo(function FlowNodeView({ id, data, selected }: NodeProps<FlowNodeType>) {
  const { t } = useTranslation("canvas");
  const status = useNodeStatus(id);
  const Icon = nodeIcon(data.icon);
  const line = status?.problem?.sentence ?? (status?.phase === "skipped" ? t("node.notNeeded") : data.line);
  return (
    <div
      className={styles.node}
      data-phase={status?.phase}
      data-selected={selected || undefined}
      data-testid={`node-${id}`}
      title={`${data.title}\n${line}`}
    >
      <Ports ports={data.inputs} side="target" />
      <span className={styles.tile}>
        <Icon size={16} strokeWidth={1.75} aria-hidden />
      </span>
      <span className={styles.words}>
        <b>{data.title}</b>
        <small>{line}</small>
      </span>
      <Ports ports={data.outputs} side="source" />
      {status && (
        <span className={styles.foot}>
          <NodeBadges status={status} />
        </span>
      )}
    </div>
  );
});

export const FrameView = memo(function FrameView({ data }: NodeProps<FrameNodeType>) {
  return <div className={styles.frame}>{data.title}</div>;
});

export const NoteView = memo(function NoteView({ data }: NodeProps<NoteNodeType>) {
  return <div className={styles.note}>{data.text}</div>;
});
