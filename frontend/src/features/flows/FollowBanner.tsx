import { Radio, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RunFacts } from "~/features/runs/RunFacts";
import { RunState } from "~/features/runs/RunState";
import { useRunTitle } from "~/features/runs/useRunTitle";
import styles from "~/features/runs/Work.module.css";
import { useRunStore } from "~/stores/runStore";
import { ButtonLink, IconButton } from "~/ui/Button";
import { useNarrow } from "~/ui/useNarrow";

/** Which run is on the canvas, how it is, and the way to its own page. */
export function FollowBanner({ leave }: { leave: () => void }) {
  const { t } = useTranslation("flows");
  const title = useRunTitle();
  const narrow = useNarrow();
  const run = useRunStore((s) => s.run);
  if (run === null) {
    return (
      <div className={styles.banner}>
        <Radio size={14} aria-hidden />
        <span className={styles.words}>{t("ready")}</span>
      </div>
    );
  }
  return (
    <div
      className={styles.banner}
      data-tone={run.state === "running" ? "info" : undefined}
      data-testid="follow-banner"
    >
      <RunState run={run} />
      <span className={`${styles.words} ell`}>
        <b>{title(run)}</b> {!narrow && <RunFacts run={run} />}
      </span>
      <ButtonLink to={`/runs/${run.id}`} dense>
        {t("openRun")}
      </ButtonLink>
      <IconButton label={t("leaveRun")} onClick={leave}>
        <X size={14} aria-hidden />
      </IconButton>
    </div>
  );
}
