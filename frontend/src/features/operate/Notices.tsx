import { Ban, CirclePause, CircleX, Hourglass, KeyRound, type LucideIcon, Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Notice, NoticeKind } from "~/api/operating";
import { isProblem } from "~/api/problem";
import { useNotices, useTryConnection } from "~/api/queries/operating";
import { CONNECTIONS_URL, ENDPOINTS_URL } from "~/app/shell/places";
import styles from "~/features/operate/Operate.module.css";
import { formatShort } from "~/model/format";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";
import { toast } from "~/ui/toast";
import { useNow } from "~/ui/useNow";

const LOOK: Record<NoticeKind, { icon: LucideIcon; tone: "warn" | "bad" | "neutral" }> = {
  stalled: { icon: CircleX, tone: "bad" },
  not_answering: { icon: Plug, tone: "warn" },
  reconnect: { icon: KeyRound, tone: "bad" },
  slow_down: { icon: Hourglass, tone: "neutral" },
  set_aside: { icon: Ban, tone: "bad" },
  paused: { icon: CirclePause, tone: "neutral" },
};

function Try({ notice, connection }: { notice: Notice; connection: number }) {
  const { t } = useTranslation("operate");
  const test = useTryConnection(connection);
  const go = () =>
    test.mutate(undefined, {
      onSuccess: ({ ok, problem }) =>
        toast(ok ? "ok" : "bad", ok ? t("notice.works", { name: notice.name }) : (problem?.sentence ?? "")),
      onError: (error) => toast("bad", isProblem(error) ? error.message : t("notice.try")),
    });
  return (
    <Button dense busy={test.isPending} onClick={go}>
      {t("notice.try")}
    </Button>
  );
}

function Way({ connection, endpoint }: Notice) {
  const { t } = useTranslation("operate");
  if (connection !== null) return <a href={`${CONNECTIONS_URL}${connection}/change/`}>{t("notice.open")}</a>;
  if (endpoint !== null)
    return <a href={`${ENDPOINTS_URL}${endpoint}/change/`}>{t("notice.openEndpoint")}</a>;
  return null;
}

function useTitle(): (notice: Notice) => string {
  const { t, i18n } = useTranslation("operate");
  const now = useNow(30_000);
  return ({ kind, name, since, waiting }) => {
    if (kind === "set_aside") return t("notice.set_aside", { count: waiting });
    if (kind === "not_answering" && since !== null)
      return t("notice.not_answeringSince", { name, since: formatShort(since, now, i18n.language) });
    return t(`notice.${kind}`, { name });
  };
}

function One({ notice }: { notice: Notice }) {
  const { t, i18n } = useTranslation("operate");
  const now = useNow(30_000);
  const title = useTitle();
  const { until, waiting, kind, connection } = notice;
  const help = [
    notice.sentence,
    until !== null && Date.parse(until) > now
      ? t("notice.again", { time: formatShort(until, now, i18n.language) })
      : "",
    waiting > 0 && kind !== "set_aside" ? t("notice.waiting", { count: waiting }) : "",
  ];
  const tries = kind === "not_answering" && connection !== null;
  const actions = tries ? <Try notice={notice} connection={connection} /> : undefined;
  return (
    <li>
      <Note {...LOOK[kind]} title={title(notice)} actions={actions}>
        {help.filter(Boolean).join(" ")} <Way {...notice} />
      </Note>
    </li>
  );
}

/** What people should know now, though no run failed; nothing when all is well. */
export function Notices({ environment }: { environment: string }) {
  const { t } = useTranslation("operate");
  const notices = useNotices(environment).data ?? [];
  if (notices.length === 0) return null;
  return (
    <ul className={styles.notices} aria-label={t("notice.label")}>
      {notices.map((notice) => (
        <One key={`${notice.kind}-${notice.connection}-${notice.endpoint}-${notice.name}`} notice={notice} />
      ))}
    </ul>
  );
}
