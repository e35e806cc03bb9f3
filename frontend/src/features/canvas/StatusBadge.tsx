import { CircleCheck, CircleDashed, CircleX, Hourglass, LoaderCircle, RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatClock, formatDuration } from "~/model/format";
import type { NodeStatus } from "~/model/overlay";
import { Badge } from "~/ui/Badge";
import { useNow } from "~/ui/useNow";

function Running({ startedAt }: { startedAt: string | null }) {
  const { t } = useTranslation("canvas");
  const now = useNow(100, startedAt !== null);
  const ms = startedAt === null ? 0 : Math.max(0, now - Date.parse(startedAt));
  return (
    <Badge tone="info" icon={LoaderCircle} spinning>
      {startedAt === null ? t("node.running") : t("node.runningFor", { time: formatDuration(ms) })}
    </Badge>
  );
}

function Retrying({ status }: { status: NodeStatus }) {
  const { t, i18n } = useTranslation("canvas");
  const attempt = status.attempt + 1;
  return (
    <Badge tone="warn" icon={RotateCw}>
      {status.nextAt === null
        ? t("node.retrying", { attempt })
        : t("node.retryingAt", { attempt, time: formatClock(status.nextAt, i18n.language) })}
    </Badge>
  );
}

/** What a run says about a node, on the node's lower edge: icon, word, figure. */
export function NodeBadges({ status }: { status: NodeStatus }) {
  const { t } = useTranslation("canvas");
  switch (status.phase) {
    case "running":
      return <Running startedAt={status.startedAt} />;
    case "retrying":
      return <Retrying status={status} />;
    case "waiting":
      return <Badge icon={Hourglass}>{t(`waiting.${status.reason || "none"}`)}</Badge>;
    case "failed":
      return (
        <Badge tone="bad" icon={CircleX}>
          {t("node.failed")}
        </Badge>
      );
    case "skipped":
      return <Badge icon={CircleDashed}>{t("node.skipped")}</Badge>;
    case "done":
      return (
        <>
          <Badge tone="ok" icon={CircleCheck}>
            {status.ms === null ? t("node.done") : formatDuration(status.ms)}
          </Badge>
          {status.attempt > 1 && (
            <Badge tone="warn" icon={RotateCw}>
              {t("node.attempt", { attempt: status.attempt })}
            </Badge>
          )}
          {status.count > 1 && <Badge>{t("node.items", { count: status.count })}</Badge>}
        </>
      );
  }
}
