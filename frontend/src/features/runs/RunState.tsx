import {
  Ban,
  CircleCheck,
  CircleDot,
  CircleX,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Plug,
  RotateCw,
  TriangleAlert,
  UserRound,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { WaitKind } from "~/api/operating";
import type { Run } from "~/api/types";
import { Badge, State, type Tone } from "~/ui/Badge";

type Look = { icon: LucideIcon; tone: Tone };

const LOOK: Record<Run["state"], Look> = {
  queued: { icon: CircleDot, tone: "neutral" },
  running: { icon: LoaderCircle, tone: "info" },
  parked: { icon: Hourglass, tone: "neutral" },
  succeeded: { icon: CircleCheck, tone: "ok" },
  failed: { icon: CircleX, tone: "bad" },
  cancelled: { icon: Ban, tone: "neutral" },
};

const PARKED: Partial<Record<Run["reason"], Look>> = {
  retry: { icon: RotateCw, tone: "warn" },
  person: { icon: UserRound, tone: "warn" },
  reconnect: { icon: UserRound, tone: "warn" },
};

/** Where what a run waits for says more than its state. */
const WAITS: Partial<Record<WaitKind, Look>> = {
  turn: { icon: Hourglass, tone: "neutral" },
  quiet: { icon: Hourglass, tone: "neutral" },
  room: { icon: Hourglass, tone: "neutral" },
  alone: { icon: TriangleAlert, tone: "warn" },
  silent: { icon: Plug, tone: "warn" },
  place: { icon: Hourglass, tone: "neutral" },
  approval: { icon: UserRound, tone: "warn" },
  set_aside: { icon: Ban, tone: "bad" },
};

type Told = Pick<Run, "state" | "reason" | "result"> & Partial<Pick<Run, "waits_for">>;

export function useRunWords(run: Told): Look & { label: string } {
  const { t } = useTranslation(["runs", "operate"]);
  const kind = run.waits_for?.kind;
  const look = kind && WAITS[kind];
  if (kind && look) return { ...look, label: t(`operate:waits.${kind as "turn"}`) };
  if (run.state === "parked") {
    return { ...(PARKED[run.reason] ?? LOOK.parked), label: t(`parked.${run.reason || "none"}`) };
  }
  if (run.state === "succeeded" && run.result !== "" && run.result !== "delivered") {
    return { ...LOOK.succeeded, tone: "neutral", label: t(`result.${run.result}`) };
  }
  return { ...LOOK[run.state], label: t(`state.${run.state}`) };
}

type Props = { run: Told; plain?: boolean };

/** A run's state: icon and word. `plain` leaves out the ground, for table cells. */
export function RunState({ run, plain = false }: Props) {
  const { icon, tone, label } = useRunWords(run);
  const Part = plain ? State : Badge;
  return (
    <Part icon={icon} tone={tone} spinning={run.state === "running"}>
      {label}
    </Part>
  );
}
