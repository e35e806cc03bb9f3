import { SegmentedControl } from "@mantine/core";
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useEnvironment } from "~/api/queries/session";
import styles from "~/app/shell/Shell.module.css";

/** Which environment the lists are about. A live one carries a shield. */
export function EnvironmentSwitch() {
  const { t } = useTranslation();
  const { environment, environments, choose } = useEnvironment();
  if (environments.length < 2) return null;
  return (
    <div className={styles.environment}>
      <span id="environment-label">{t("environment")}</span>
      <SegmentedControl
        aria-labelledby="environment-label"
        size="xs"
        value={environment}
        onChange={choose}
        data={environments.map((env) => ({
          value: env.key,
          label: (
            <span>
              {env.live && <ShieldCheck size={12} aria-hidden />} {env.key}
              {env.live && <span className="sr-only">{t("environmentLive", { name: "" })}</span>}
            </span>
          ),
        }))}
      />
    </div>
  );
}
