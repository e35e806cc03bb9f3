import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { memo } from "react";
import styles from "~/features/canvas/WireEdge.module.css";
import { useEdgePhase } from "~/stores/runStore";

export type WireType = Edge<{ label: string }, "wire">;

/** A wire between two ports. One that goes back to the left runs half way between its rows, like a line break. */
export const WireEdge = memo(function WireEdge(props: EdgeProps<WireType>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data } = props;
  const phase = useEdgePhase(id);
  const [path, labelX, labelY] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: 8,
    offset: 4,
  });
  return (
    <>
      <BaseEdge id={id} path={path} className={`${styles.wire} ${phase ? (styles[phase] ?? "") : ""}`} />
      {data?.label && (
        <EdgeLabelRenderer>
          <span
            className={styles.label}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {data.label}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
