import { Tooltip } from "@mantine/core";
import { ArrowRight } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { FeedMode } from "~/api/feed";
import { useCatalogue } from "~/api/queries/session";
import { connectorTitle, monogramOf } from "~/model/describe";
import styles from "~/ui/Small.module.css";

/** The monogram of a far system. */
export function SystemTile({ connector }: { connector: string }) {
  const { data } = useCatalogue();
  const title = connectorTitle(connector, data);
  return (
    <Tooltip label={title}>
      <span className={styles.tile} role="img" aria-label={title}>
        {monogramOf(connector)}
      </span>
    </Tooltip>
  );
}

export function Systems({ connectors }: { connectors: string[] }) {
  return (
    <span className={styles.tiles}>
      {connectors.map((connector, index) => (
        <Fragment key={connector}>
          {index > 0 && <ArrowRight size={14} strokeWidth={1.75} aria-hidden />}
          <SystemTile connector={connector} />
        </Fragment>
      ))}
    </span>
  );
}

export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}

export function Avatar({ initials }: { initials: string }) {
  return (
    <span className={styles.avatar} aria-hidden>
      {initials}
    </span>
  );
}

const BAR = 4;
const GAP = 2;
const TALL = 18;

/** Runs per hour of the last day, oldest first, as 24 small bars. */
export function Sparkline({ counts }: { counts: number[] }) {
  const { t } = useTranslation("flows");
  const peak = Math.max(0, ...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const hours = counts.map((count, hour) => ({ hour, count }));
  return (
    <svg
      className={styles.spark}
      width={counts.length * (BAR + GAP) - GAP}
      height={TALL}
      role="img"
      aria-label={t("sparkLabel", { total, peak })}
    >
      {hours.map(({ hour, count }) => {
        const height = count === 0 ? 1 : Math.max(3, Math.round((count / Math.max(peak, 1)) * TALL));
        const shade = count === 0 ? styles.zero : hour === counts.length - 1 ? styles.now : undefined;
        return (
          <rect
            key={hour}
            className={shade}
            x={hour * (BAR + GAP)}
            y={TALL - height}
            width={BAR}
            height={height}
            rx={1}
          />
        );
      })}
    </svg>
  );
}

/** Whether what is shown comes by itself or has to be asked for. */
export function LiveMark({ mode }: { mode: FeedMode }) {
  const { t } = useTranslation("flows");
  return (
    <span className={styles.live} data-mode={mode} role="status">
      <i aria-hidden />
      {mode === "live" ? t("live") : t("polling")}
    </span>
  );
}
