import { CircleX, Info, UserCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Lane } from "~/api/operating";
import { useQuestionsOf } from "~/api/queries/approvals";
import type { Approval, Run } from "~/api/types";
import { WaitsLine } from "~/features/operate/WaitsLine";
import styles from "~/features/runs/Work.module.css";
import { isOver } from "~/model/overlay";
import { useRunStore } from "~/stores/runStore";
import { Button, ButtonLink } from "~/ui/Button";
import { LiveMark } from "~/ui/Small";

/** The step that needs a person, if there is one. */
function useStopped(): { node: string; sentence: string } | null {
  const nodes = useRunStore((s) => s.overlay.nodes);
  const found = Object.entries(nodes).find(([, status]) => status.phase === "failed");
  return found === undefined ? null : { node: found[0], sentence: found[1].problem?.sentence ?? "" };
}

/** The run waits for somebody's decision: whose question it is, and the way there. */
function Asked({ one }: { one: Approval }) {
  const { t } = useTranslation("approvals");
  return (
    <div className={styles.banner}>
      <UserCheck size={14} aria-hidden />
      <span className={styles.words}>{t("waits", { title: one.title })}</span>
      <ButtonLink dense to={`/approvals/${one.id}`}>
        {one.may_decide ? t("decide") : t("look")}
      </ButtonLink>
    </div>
  );
}

/** One line above the canvas: what is drawn, or what went wrong and where. */
export function RunBanner({
  run,
  lane,
  removed,
  open,
}: {
  run: Run;
  lane: Lane | null;
  removed: boolean;
  open: (node: string) => void;
}) {
  const { t } = useTranslation("runs");
  const stopped = useStopped();
  const mode = useRunStore((s) => s.mode);
  const [asked] = useQuestionsOf(run);
  if (stopped !== null && stopped.sentence !== "") {
    return (
      <div className={styles.banner} data-tone="bad">
        <CircleX size={14} aria-hidden />
        <span className={styles.words}>{stopped.sentence}</span>
        <Button dense onClick={() => open(stopped.node)}>
          {t("outcome.openStep")}
        </Button>
      </div>
    );
  }
  if (asked !== undefined) return <Asked one={asked} />;
  if (run.waits_for) return <WaitsLine run={run} waits={run.waits_for} lane={lane} />;
  const ended = run.result === "filtered" || run.result === "superseded" ? t(run.result) : null;
  return (
    <div className={styles.banner}>
      <Info size={14} aria-hidden />
      <span className={styles.words}>
        {removed ? t("removed") : (ended ?? t("drawnOn", { release: run.release }))}{" "}
        {run.retry_of !== null && (
          <Link to={`/runs/${run.retry_of}`}>{t("retryOf", { id: run.retry_of })}</Link>
        )}
      </span>
      {!isOver(run) && <LiveMark mode={mode} />}
    </div>
  );
}
