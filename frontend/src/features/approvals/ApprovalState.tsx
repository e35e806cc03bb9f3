import { Ban, CircleCheck, CircleSlash2, Clock, type LucideIcon, UserCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ApprovalState as Name } from "~/api/types";
import { State, type Tone } from "~/ui/Badge";

const LOOK: Record<Name, { icon: LucideIcon; tone: Tone }> = {
  waiting: { icon: UserCheck, tone: "warn" },
  approved: { icon: CircleCheck, tone: "ok" },
  rejected: { icon: Ban, tone: "bad" },
  expired: { icon: Clock, tone: "neutral" },
  withdrawn: { icon: CircleSlash2, tone: "neutral" },
};

/** How a question stands: icon and word. */
export function ApprovalState({ state }: { state: Name }) {
  const { t } = useTranslation("approvals");
  const { icon, tone } = LOOK[state];
  return (
    <State icon={icon} tone={tone}>
      {t(`state.${state}`)}
    </State>
  );
}
