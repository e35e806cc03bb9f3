import { X } from "lucide-react";
import { Fragment, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useFailure } from "~/api/queries/failures";
import { useFlow } from "~/api/queries/flows";
import type { FailureDetail } from "~/api/types";
import { CONNECTIONS_URL, ENDPOINTS_URL, TABLES_URL } from "~/app/shell/places";
import { useCommands } from "~/commands/useCommands";
import { nodeName } from "~/features/canvas/words";
import { ValueView } from "~/features/data/ValueView";
import { Comparison } from "~/features/failures/Comparison";
import { DecideRun } from "~/features/failures/DecideRun";
import styles from "~/features/failures/Failures.module.css";
import { KindBadge } from "~/features/failures/KindBadge";
import { RetryGroup } from "~/features/failures/RetryGroup";
import { SettleForm } from "~/features/failures/SettleForm";
import { GiveUpGroup } from "~/features/operate/GiveUp";
import { RunState } from "~/features/runs/RunState";
import { useRunTitle } from "~/features/runs/useRunTitle";
import { formatDateTime, formatMoney } from "~/model/format";
import { askedFor, labelOf } from "~/model/tables";
import { Loading, LoadProblem } from "~/ui/Blank";
import { IconButton, OutsideLink } from "~/ui/Button";
import { Note } from "~/ui/Note";

const DECISIONS = 3; // runs whose decision is offered here; the others have it on their own page

function Facts({ failure }: { failure: FailureDetail }) {
  const { t, i18n } = useTranslation("failures");
  const { data: flow } = useFlow(failure.flow);
  const moment = (at: string) => formatDateTime(at, i18n.language);
  return (
    <dl className={styles.facts}>
      <dt>{t("detail.flow")}</dt>
      <dd>
        <Link to={`/flows/${failure.flow}`}>{flow?.name ?? failure.flow}</Link>
      </dd>
      <dt>{t("detail.step")}</dt>
      <dd>
        {nodeName(flow?.graph.nodes[failure.node], failure.node)}
        {failure.pointer && <span className="mono t3"> {failure.pointer}</span>}
      </dd>
      {failure.operation && (
        <>
          <dt>{t("detail.operation")}</dt>
          <dd className="mono">{failure.operation}</dd>
        </>
      )}
      <dt>{t("detail.first")}</dt>
      <dd className="num">
        {moment(failure.first_at)}
        {failure.last_at !== failure.first_at && (
          <>
            <br />
            {moment(failure.last_at)}
          </>
        )}
      </dd>
      {failure.money.length > 0 && (
        <>
          <dt>{t("detail.money")}</dt>
          <dd className="num">
            <b>{failure.money.map(formatMoney).join(", ")}</b>{" "}
            {t("detail.inRuns", { count: failure.open || failure.count })}
          </dd>
        </>
      )}
    </dl>
  );
}

const tableUrl = (info: FailureDetail["info"]): string =>
  typeof info.table === "string" ? `${TABLES_URL}?q=${encodeURIComponent(info.table)}` : TABLES_URL;

/** What the step asked for: in words first, everything else folded away. */
function Info({ info }: { info: FailureDetail["info"] }) {
  const { t } = useTranslation("failures");
  const facts = askedFor(info);
  const more = facts.length < Object.keys(info).length;
  return (
    <section>
      <h3>{t("detail.info")}</h3>
      <dl className={styles.facts}>
        {facts.map(({ key, text }) => (
          <Fragment key={key}>
            <dt>{labelOf(key)}</dt>
            <dd>{text}</dd>
          </Fragment>
        ))}
      </dl>
      {more && (
        <details className={styles.more}>
          <summary>{t("detail.technical")}</summary>
          <ValueView value={info} empty="" label={t("detail.technical")} />
        </details>
      )}
    </section>
  );
}

function Affected({ failure }: { failure: FailureDetail }) {
  const { t } = useTranslation("failures");
  const title = useRunTitle();
  const stops = failure.runs.map((run) => ({ run, to: `/runs/${run.id}?step=${failure.node}` }));
  return (
    <section>
      <h3>{t("detail.affected")}</h3>
      <ul className={styles.runs}>
        {stops.map(({ run, to }) => (
          <li key={run.id}>
            <Link to={to} className="ell">
              {title(run)}
            </Link>
            {run.amount && <span className="num">{formatMoney(run.amount)}</span>}
            <RunState run={run} plain />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Looking for events fails: no run waits, and it closes by itself. */
function Looking({ endpoint }: { endpoint: number }) {
  const { t } = useTranslation("operate");
  const open = <OutsideLink href={`${ENDPOINTS_URL}${endpoint}/change/`}>{t("looking.open")}</OutsideLink>;
  return (
    <Note tone="neutral" title={t("looking.title")} actions={open}>
      {t("looking.help")}
    </Note>
  );
}

function Body({ failure }: { failure: FailureDetail }) {
  const { t } = useTranslation("failures");
  const open = failure.state === "open";
  const unknown = failure.kind === "outcome_unknown";
  const decidable = open && (failure.payloads !== null || unknown);
  const waiting = failure.runs.filter((run) => run.state === "parked").slice(0, DECISIONS);
  return (
    <>
      <div className={styles.body}>
        <div>
          <h2>{failure.sentence}</h2>
          {open && failure.open > 0 && (
            <p className={styles.safe}>
              {t("detail.safe", { count: failure.open })}
              {failure.blocks > 0 && ` ${t("detail.blocks", { count: failure.blocks })}`}
            </p>
          )}
        </div>
        <Facts failure={failure} />
        {failure.payloads && <Comparison payloads={failure.payloads} />}
        {Object.keys(failure.info).length > 0 && !("endpoint" in failure.info) && (
          <Info info={failure.info} />
        )}
        {decidable &&
          waiting.map((run) => <DecideRun key={run.id} run={run} failure={failure} unknown={unknown} />)}
        {typeof failure.info.endpoint === "number" && open && <Looking endpoint={failure.info.endpoint} />}
        {open && failure.open > 0 && (
          <div className={styles.actions}>
            <RetryGroup failure={failure} />
            <GiveUpGroup failure={failure} />
            {failure.kind === "table_miss" && (
              <OutsideLink href={tableUrl(failure.info)}>{t("detail.openTables")}</OutsideLink>
            )}
            {failure.kind === "auth" && (
              <OutsideLink href={CONNECTIONS_URL}>{t("detail.openConnections")}</OutsideLink>
            )}
          </div>
        )}
        {failure.note && <p className="t2">{failure.note}</p>}
        {failure.runs.length > 0 && <Affected failure={failure} />}
      </div>
      {open && <SettleForm id={failure.id} />}
    </>
  );
}

/** One group with its way out. */
export default function FailurePanel({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation("failures");
  const query = useFailure(id);
  const close = useRef<HTMLButtonElement>(null);
  useCommands("canvas", { closeStep: onClose });
  useEffect(() => close.current?.focus({ preventScroll: true }), []);
  const failure = query.data;
  return (
    <aside className={styles.detail} aria-label={failure?.sentence ?? t("title")}>
      <header>
        {failure && <KindBadge kind={failure.kind} />}
        {failure && <span className="sm t3">{t(`verdict.${failure.verdict}`)}</span>}
        <IconButton ref={close} label={t("detail.close")} onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      {query.isPending && <Loading />}
      {query.isError && failure === undefined && (
        <LoadProblem error={query.error} retry={() => void query.refetch()} />
      )}
      {failure && <Body failure={failure} />}
    </aside>
  );
}
