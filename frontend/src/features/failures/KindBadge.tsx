import {
  CircleX,
  Clock,
  Database,
  GitCompare,
  KeyRound,
  type LucideIcon,
  SearchX,
  Settings2,
  TableProperties,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "~/features/failures/Failures.module.css";
import { Badge, type Tone } from "~/ui/Badge";

const KINDS = [
  "auth",
  "table_miss",
  "data",
  "config",
  "conflict",
  "outcome_unknown",
  "not_found",
  "rate_limited",
  "transient",
  "bug",
  "other",
] as const;
type Kind = (typeof KINDS)[number];

const LOOK: Record<Kind, { icon: LucideIcon; tone: Tone }> = {
  auth: { icon: KeyRound, tone: "bad" },
  table_miss: { icon: TableProperties, tone: "bad" },
  data: { icon: Database, tone: "bad" },
  config: { icon: Settings2, tone: "bad" },
  conflict: { icon: GitCompare, tone: "bad" },
  outcome_unknown: { icon: Clock, tone: "warn" },
  not_found: { icon: SearchX, tone: "bad" },
  rate_limited: { icon: Clock, tone: "neutral" },
  transient: { icon: Clock, tone: "warn" },
  bug: { icon: CircleX, tone: "bad" },
  other: { icon: CircleX, tone: "bad" },
};

const kindOf = (kind: string): Kind => KINDS.find((known) => known === kind) ?? "other";

/** The class of a failure: the footnote, never the title. */
export function KindBadge({ kind }: { kind: string }) {
  const { t } = useTranslation("failures");
  const known = kindOf(kind);
  return <Badge {...LOOK[known]}>{t(`kind.${known}`)}</Badge>;
}

export function KindIcon({ kind }: { kind: string }) {
  const { t } = useTranslation("failures");
  const known = kindOf(kind);
  const { icon: Icon, tone } = LOOK[known];
  return (
    <span className={styles.kind} data-tone={tone} role="img" aria-label={t(`kind.${known}`)}>
      <Icon size={16} strokeWidth={1.75} aria-hidden />
    </span>
  );
}
