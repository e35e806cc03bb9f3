import { useTranslation } from "react-i18next";
import { useEnvironment } from "~/api/queries/session";
import type { FlowSummary } from "~/api/types";
import styles from "~/features/flows/Flows.module.css";
import { Badge } from "~/ui/Badge";

type Installed = FlowSummary["environments"][number];

/** "dev r3", "prod, off": which release is installed where, in promotion order; places without one are left out. */
export function ReleaseBadges({ installed }: { installed: Installed[] }) {
  const { t } = useTranslation("flows");
  const { environments } = useEnvironment();
  const known = environments.flatMap((env) => installed.find((one) => one.environment === env.key) ?? []);
  return (
    <span className={styles.badges}>
      {known
        .filter((one) => one.release !== null)
        .map((one) => (
          <Badge key={one.environment} tone={one.active ? "neutral" : "line"}>
            {one.active
              ? t("release", { environment: one.environment, release: one.release })
              : t("releaseOff", { environment: one.environment })}
          </Badge>
        ))}
    </span>
  );
}
