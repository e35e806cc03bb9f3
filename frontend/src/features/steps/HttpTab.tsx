import { useTranslation } from "react-i18next";
import type { Exchange } from "~/api/types";
import { ValueView } from "~/features/data/ValueView";
import styles from "~/features/steps/StepPanel.module.css";
import { formatDuration } from "~/model/format";
import { Badge, type Tone } from "~/ui/Badge";

function toneOf(status: number | null): Tone {
  if (status === null || status >= 500) return "bad";
  return status >= 400 ? "warn" : "neutral";
}

function Call({ call }: { call: Exchange }) {
  const { t } = useTranslation("runs");
  return (
    <details className={styles.call}>
      <summary>
        <b className="mono">{call.method}</b>
        <code title={call.url}>{call.url}</code>
        <Badge tone={toneOf(call.status)}>{call.status ?? t("http.noAnswer")}</Badge>
        {call.ms !== null && <span className="num sm t3">{formatDuration(call.ms)}</span>}
      </summary>
      <div>
        {call.error && <p className="sm">{call.error}</p>}
        <h4>{t("http.request")}</h4>
        <ValueView value={call.request} empty={t("data.empty")} label={t("http.request")} />
        <h4>{t("http.response")}</h4>
        <ValueView value={call.response} empty={t("data.empty")} label={t("http.response")} />
      </div>
    </details>
  );
}

/** The calls a step made, redacted, in order. */
export function HttpTab({ calls }: { calls: Exchange[] }) {
  const { t } = useTranslation("runs");
  if (calls.length === 0) return <p className="t3">{t("http.none")}</p>;
  const numbered = calls.map((call, index) => ({ id: `${index}-${call.url}`, call }));
  return (
    <div className={styles.stack}>
      {numbered.map(({ id, call }) => (
        <Call key={id} call={call} />
      ))}
    </div>
  );
}
