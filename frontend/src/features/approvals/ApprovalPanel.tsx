import { X } from "lucide-react";
import { Fragment, type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useApproval } from "~/api/queries/approvals";
import type { ApprovalDetail, Json } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { ApprovalState } from "~/features/approvals/ApprovalState";
import styles from "~/features/approvals/Approvals.module.css";
import { DecideForm } from "~/features/approvals/DecideForm";
import split from "~/features/failures/Failures.module.css";
import { fieldsOf } from "~/model/form";
import { formatDateTime } from "~/model/format";
import { Loading, LoadProblem } from "~/ui/Blank";
import { IconButton } from "~/ui/Button";

function Facts({ one }: { one: ApprovalDetail }) {
  const { t, i18n } = useTranslation("approvals");
  const moment = (at: string) => formatDateTime(at, i18n.language);
  const facts: [string, ReactNode][] = [
    [
      t("detail.run"),
      <Link key="run" to={`/runs/${one.run}`}>
        {one.run_title || one.run}
      </Link>,
    ],
    [
      t("detail.flow"),
      <Link key="flow" to={`/flows/${one.flow.key}`}>
        {one.flow.name}
      </Link>,
    ],
    [t("detail.who"), t(`role.${one.role}`)],
    [t("detail.asked"), moment(one.asked_at)],
    [t("detail.expires"), one.expires_at === null ? t("never") : moment(one.expires_at)],
  ];
  if (one.decided_at !== null) facts.push([t(`state.${one.state}`), moment(one.decided_at)]);
  if (one.decided_by !== "") facts.push([t("detail.by"), one.decided_by]);
  return (
    <dl className={split.facts}>
      {facts.map(([title, value]) => (
        <Fragment key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function Answer({ one }: { one: ApprovalDetail }) {
  const { t } = useTranslation("approvals");
  const given = fieldsOf(one.form).filter(({ name }) => one.answer?.[name] !== undefined);
  const text = (value: Json | undefined) =>
    typeof value === "boolean" ? t(value ? "yes" : "no") : String(value);
  return (
    <section>
      <h3>{t("detail.answer")}</h3>
      {given.length === 0 && <p className="t3">{t("detail.noAnswer")}</p>}
      <dl className={split.facts}>
        {given.map(({ name, label }) => (
          <Fragment key={name}>
            <dt>{label}</dt>
            <dd>{text(one.answer?.[name])}</dd>
          </Fragment>
        ))}
      </dl>
      {one.note && <p className={styles.message}>{one.note}</p>}
    </section>
  );
}

function Body({ one }: { one: ApprovalDetail }) {
  const { t } = useTranslation("approvals");
  const waits = one.state === "waiting";
  return (
    <div className={split.body}>
      <h2>{one.title}</h2>
      {one.message && <p className={styles.message}>{one.message}</p>}
      <Facts one={one} />
      {one.may_decide && <DecideForm approval={one} />}
      {waits && !one.may_decide && (
        <p className="t3">{t("notYours", { role: t(`role.${one.role}`).toLowerCase() })}</p>
      )}
      {(one.state === "approved" || one.state === "rejected") && <Answer one={one} />}
    </div>
  );
}

/** One question with what one should know, and its form. */
export default function ApprovalPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation("approvals");
  const query = useApproval(id);
  const close = useRef<HTMLButtonElement>(null);
  useCommands("canvas", { closeStep: onClose });
  useEffect(() => close.current?.focus({ preventScroll: true }), []);
  const one = query.data;
  return (
    <aside className={split.detail} aria-label={one?.title ?? t("title")}>
      <header>
        {one && <ApprovalState state={one.state} />}
        <IconButton ref={close} label={t("close")} onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      {query.isPending && <Loading />}
      {query.isError && one === undefined && (
        <LoadProblem error={query.error} retry={() => void query.refetch()} />
      )}
      {one && <Body one={one} />}
    </aside>
  );
}
