import { useTranslation } from "react-i18next";
import type { FlowNode } from "~/api/types";
import { ValueView } from "~/features/data/ValueView";
import styles from "~/features/steps/StepPanel.module.css";
import { oncePer, operationOf } from "~/model/describe";

/** How the step is set up, to read. */
export function SetupTab({ node }: { node: FlowNode }) {
  const { t } = useTranslation("runs");
  const [connector, operation] = operationOf(node);
  const once = oncePer(node);
  return (
    <div className={styles.stack}>
      <dl className={styles.facts}>
        <dt>{t("setup.type")}</dt>
        <dd>{node.type}</dd>
        {operation !== "" && (
          <>
            <dt>{t("setup.operation")}</dt>
            <dd className="mono">{connector === "" ? operation : `${connector}.${operation}`}</dd>
          </>
        )}
        {node.slot && (
          <>
            <dt>{t("setup.slot")}</dt>
            <dd>{node.slot}</dd>
          </>
        )}
        {once !== "" && (
          <>
            <dt>{t("setup.once")}</dt>
            <dd>{once}</dd>
          </>
        )}
      </dl>
      <h3>{t("setup.config")}</h3>
      <ValueView value={node.config} empty={t("setup.noConfig")} label={t("setup.config")} />
    </div>
  );
}
