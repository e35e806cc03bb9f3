import { Hourglass, ListOrdered } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Lane, Waits } from "~/api/operating";
import type { Run } from "~/api/types";
import { CONNECTIONS_URL } from "~/app/shell/places";
import styles from "~/features/runs/Work.module.css";
import { formatShort } from "~/model/format";
import { useNow } from "~/ui/useNow";

function Way({ waits, failure }: { waits: Waits; failure: number | null }) {
  const { t } = useTranslation("operate");
  if (waits.run !== null)
    return <Link to={`/runs/${waits.run}`}>{t("waits.openRun", { id: waits.run })}</Link>;
  if (waits.approval !== null)
    return <Link to={`/approvals/${waits.approval}`}>{t("waits.openApproval")}</Link>;
  if (waits.connection !== null)
    return <a href={`${CONNECTIONS_URL}${waits.connection}/change/`}>{t("waits.openConnection")}</a>;
  if (failure !== null) return <Link to={`/failures/${failure}`}>{t("waits.openFailure")}</Link>;
  return null;
}

/** What the run waits for, when it goes on by itself, and the way there. */
export function WaitsLine({ run, waits, lane }: { run: Run; waits: Waits; lane: Lane | null }) {
  const { t, i18n } = useTranslation("operate");
  const now = useNow(30_000);
  const later = waits.until !== null && Date.parse(waits.until) > now;
  return (
    <div className={styles.banner} data-testid="waits">
      <Hourglass size={14} aria-hidden />
      <span className={styles.words}>
        {waits.kind === "turn" && lane !== null ? lane.sentence : waits.sentence}{" "}
        {later && waits.until && t("waits.until", { time: formatShort(waits.until, now, i18n.language) })}{" "}
        <Way waits={waits} failure={run.failure} />{" "}
        {waits.kind === "turn" && lane !== null && <ShowLane lane={lane} />}
      </span>
    </div>
  );
}

function ShowLane({ lane }: { lane: Lane }) {
  const { t } = useTranslation("operate");
  return <Link to={`/runs?lane=${lane.id}`}>{t("lane.show")}</Link>;
}

/** Whose turn it is in the run's lane, and how many wait behind it. */
export function LaneLine({ lane }: { lane: Lane }) {
  return (
    <div className={styles.banner} data-testid="lane">
      <ListOrdered size={14} aria-hidden />
      <span className={styles.words}>
        {lane.sentence} <ShowLane lane={lane} />
      </span>
    </div>
  );
}
