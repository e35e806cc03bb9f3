import { CircleCheck, CircleDashed, CirclePause, CircleX, Hourglass } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { FlowSummary } from "~/api/types";
import { State } from "~/ui/Badge";

/** How a flow does in one environment: active or not, and what its last day was like. */
export function FlowState({ flow, environment }: { flow: FlowSummary; environment: string }) {
  const { t } = useTranslation("flows");
  const { succeeded, parked, failed } = flow.runs_24h;
  const active = flow.environments.some(
    (e) => e.environment === environment && e.active && e.release !== null,
  );
  if (!active) return <State icon={CirclePause}>{t("state.off", { environment })}</State>;
  if (failed > 0) {
    return (
      <State tone="bad" icon={CircleX}>
        {t("state.failed", { count: failed })}
      </State>
    );
  }
  if (parked > 0) {
    return (
      <State tone="warn" icon={Hourglass}>
        {t("state.parked", { count: parked })}
      </State>
    );
  }
  if (succeeded === 0) return <State icon={CircleDashed}>{t("state.idle")}</State>;
  return (
    <State tone="ok" icon={CircleCheck}>
      {t("state.healthy")}
    </State>
  );
}
