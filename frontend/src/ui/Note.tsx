import { CircleCheck, CircleX, Clock, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "~/ui/Note.module.css";

type Tone = "ok" | "warn" | "bad" | "info" | "neutral";

const ICON: Record<Tone, LucideIcon> = {
  ok: CircleCheck,
  warn: TriangleAlert,
  bad: CircleX,
  info: Info,
  neutral: Clock,
};

type Props = {
  tone: Tone;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  icon?: LucideIcon;
  /** Announce it when it appears: for refusals and failures. */
  alert?: boolean;
};

export function Note({ tone, title, children, actions, icon, alert = false }: Props) {
  const Icon = icon ?? ICON[tone];
  return (
    <div className={`${styles.note} ${styles[tone]}`} role={alert ? "alert" : undefined}>
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <div className={styles.body}>
        <b>{title}</b>
        {children !== undefined && <div className={styles.help}>{children}</div>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
