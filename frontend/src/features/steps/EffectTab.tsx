import { useTranslation } from "react-i18next";
import { useEffectDetail } from "~/api/queries/runs";
import type { Effect, Json } from "~/api/types";
import { ValueView } from "~/features/data/ValueView";
import { Undo } from "~/features/effects/Undo";
import styles from "~/features/steps/StepPanel.module.css";
import { sayEffect } from "~/features/steps/stepWords";
import { formatDateTime, formatMoney } from "~/model/format";
import { Note } from "~/ui/Note";

const STRATEGIES = ["native", "marker", "lookup", "none"] as const;

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** The promise made visible: what was written, under which key, and what happens if an answer is lost. */
export function EffectTab({ effect, output, attempt }: { effect: Effect; output: Json; attempt: number }) {
  const { t, i18n } = useTranslation("runs");
  const { data: full } = useEffectDetail(effect.id);
  const words = sayEffect(effect, output, attempt, t);
  const strategy = STRATEGIES.find((name) => name === effect.strategy);
  const moment = (at: string) => <span className="num">{formatDateTime(at, i18n.language)}</span>;
  return (
    <div className={styles.stack}>
      <Note tone={words.tone} title={words.title}>
        {words.help}
      </Note>
      <dl className={styles.facts}>
        <Fact label={t("effect.key")}>
          <span className="mono">{effect.identity.join(", ")}</span>
        </Fact>
        {effect.far_id && (
          <Fact label={t("effect.farId")}>
            <span className="mono">{effect.far_id}</span>
          </Fact>
        )}
        {effect.amount && <Fact label={t("effect.amount")}>{formatMoney(effect.amount)}</Fact>}
        {strategy && <Fact label={t("effect.strategy")}>{t(`effect.strategies.${strategy}`)}</Fact>}
        {effect.intended_at && <Fact label={t("effect.intendedAt")}>{moment(effect.intended_at)}</Fact>}
        {effect.settled_at && <Fact label={t("effect.settledAt")}>{moment(effect.settled_at)}</Fact>}
      </dl>
      {effect.note && <p className="t2">{effect.note}</p>}
      {full?.undo && <Undo effect={effect.id} title={full.undo} asked={full.undoing} />}
      {full?.conflict && (
        <div className={styles.compare}>
          <section>
            <h3>{t("effect.was")}</h3>
            <ValueView value={full.payload} empty={t("data.empty")} label={t("effect.was")} />
          </section>
          <section>
            <h3>{t("effect.now")}</h3>
            <ValueView value={full.conflict.payload} empty={t("data.empty")} label={t("effect.now")} />
          </section>
        </div>
      )}
      {full !== undefined && full.conflict === null && full.payload !== null && (
        <>
          <h3>{t("effect.payload")}</h3>
          <ValueView value={full.payload} empty={t("data.empty")} label={t("effect.payload")} />
        </>
      )}
    </div>
  );
}
