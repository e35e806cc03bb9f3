import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "~/ui/Badge.module.css";

export type Tone = "neutral" | "ok" | "warn" | "bad" | "info" | "accent" | "line";

type Props = { tone?: Tone; icon?: LucideIcon; spinning?: boolean; children: ReactNode };

/** Always an icon and a word, so that colour is only the third sign. */
export function Badge({ tone = "neutral", icon: Icon, spinning = false, children }: Props) {
  return (
    <span className={`${styles.badge} ${tone === "neutral" ? "" : (styles[tone] ?? "")}`}>
      {Icon && <Icon size={12} strokeWidth={2.25} aria-hidden className={spinning ? "spin" : undefined} />}
      {children}
    </span>
  );
}

/** The same without a ground: for table cells. */
export function State({ tone = "neutral", icon: Icon, spinning = false, children }: Props) {
  return (
    <span className={`${styles.state} ${styles[tone] ?? ""}`}>
      {Icon && <Icon size={14} strokeWidth={2} aria-hidden className={spinning ? "spin" : undefined} />}
      {children}
    </span>
  );
}
