import { Panel, useReactFlow, useStore } from "@xyflow/react";
import { ListTree, Maximize, Minus, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCommands } from "~/commands/useCommands";
import styles from "~/features/canvas/FlowCanvas.module.css";
import { useUi } from "~/stores/uiStore";
import { IconButton } from "~/ui/Button";

/** Zoom, fit, and the way to the outline. The same commands answer to keys. */
export function CanvasTools({ fit }: { fit: () => void }) {
  const { t } = useTranslation("canvas");
  const flow = useReactFlow();
  const zoom = useStore((s) => s.transform[2]);
  const outline = () => useUi.getState().setView("outline");
  const actual = () => void flow.zoomTo(1);
  const zoomIn = () => void flow.zoomIn();
  const zoomOut = () => void flow.zoomOut();
  useCommands("canvas", { fit, actual, zoomIn, zoomOut, outline });
  const percent = Math.round(zoom * 100);
  return (
    <Panel position="bottom-left" className={styles.tools} role="toolbar" aria-label={t("tools")}>
      <IconButton label={t("zoomOut")} onClick={zoomOut}>
        <Minus size={16} aria-hidden />
      </IconButton>
      <span className={`num ${styles.percent}`}>
        <span className="sr-only">{t("aria.zoom", { percent })}</span>
        <span aria-hidden>{percent}%</span>
      </span>
      <IconButton label={t("zoomIn")} onClick={zoomIn}>
        <Plus size={16} aria-hidden />
      </IconButton>
      <IconButton label={t("fit")} onClick={fit}>
        <Maximize size={16} aria-hidden />
      </IconButton>
      <IconButton label={t("outline")} onClick={outline}>
        <ListTree size={16} aria-hidden />
      </IconButton>
    </Panel>
  );
}
