import type { MiniMapNodeProps } from "@xyflow/react";
import styles from "~/features/canvas/FlowCanvas.module.css";
import { useNodeStatus } from "~/stores/runStore";

/** A node on the overview, in the colour of its state. Frames are left out. */
export function MiniNode({ id, x, y, width, height, selected }: MiniMapNodeProps) {
  const status = useNodeStatus(id);
  if (id.includes(":")) return null;
  return (
    <rect
      className={styles.mini}
      data-phase={status?.phase}
      data-selected={selected || undefined}
      x={x}
      y={y}
      width={width}
      height={height}
      rx={10}
    />
  );
}
