import { History, RotateCw, SearchCheck, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { RetryMode } from "~/api/endpoints";
import { isProblem } from "~/api/problem";
import { useRetryPlan, useRetryRun } from "~/api/queries/runs";
import type { FlowGraph, RetryPlan, Run } from "~/api/types";
import { nodeName } from "~/features/canvas/words";
import styles from "~/features/runs/RetryDialog.module.css";
import { useRunTitle } from "~/features/runs/useRunTitle";
import { sayEffect } from "~/features/steps/stepWords";
import { Loading, LoadProblem } from "~/ui/Blank";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { toast } from "~/ui/toast";

/** "each_line[SKU-1]/create" → "create": the node a path ends at. */
const nodeOf = (path: string): string => path.split("/").at(-1)?.replace(/\[.*$/, "") ?? path;

function Plan({ plan, graph }: { plan: RetryPlan; graph: FlowGraph }) {
  const { t } = useTranslation("runs");
  const names = plan.again.map((path) => nodeName(graph.nodes[nodeOf(path)], nodeOf(path))).join(", ");
  const lines = (effects: RetryPlan["confirmed"]) =>
    effects.map((e) => sayEffect(e, undefined, 1, t).title).join(", ");
  return (
    <ul className={styles.plan}>
      <li>
        <History size={16} aria-hidden />
        <span>{t("retry.reused", { count: plan.reused.length })}</span>
      </li>
      <li>
        <RotateCw size={16} aria-hidden />
        <span>{t("retry.again", { count: plan.again.length, names })}</span>
      </li>
      <li>
        <ShieldCheck size={16} aria-hidden />
        <span>
          {plan.confirmed.length === 0
            ? t("retry.confirmedNone")
            : t("retry.confirmed", { count: plan.confirmed.length })}
          {plan.confirmed.length > 0 && <small>{lines(plan.confirmed)}</small>}
        </span>
      </li>
      <li>
        <SearchCheck size={16} aria-hidden />
        <span>
          {plan.unknown.length === 0
            ? t("retry.unknownNone")
            : t("retry.unknown", { count: plan.unknown.length })}
          {plan.unknown.length > 0 && <small>{lines(plan.unknown)}</small>}
        </span>
      </li>
    </ul>
  );
}

type Props = { run: Run; graph: FlowGraph; opened: boolean; onClose: () => void };

function useRetry(run: Run, onClose: () => void) {
  const { t } = useTranslation("runs");
  const navigate = useNavigate();
  const retry = useRetryRun(run.id);
  const go = (mode: RetryMode) =>
    retry.mutate(mode, {
      onSuccess: (next) => {
        toast("ok", t("retry.done", { id: next.id }));
        if (next.id !== run.id) void navigate(`/runs/${next.id}`);
      },
      onError: (error) => {
        if (isProblem(error, "not_parked")) toast("ok", t("retry.gone"), t("retry.goneHelp"));
        else toast("bad", isProblem(error) ? error.message : t("retry.button"));
      },
      onSettled: onClose,
    });
  return { go, busy: retry.isPending };
}

/** Before anything moves: what is reused, what runs again, what was written, what is looked up first. */
export default function RetryDialog({ run, graph, opened, onClose }: Props) {
  const { t } = useTranslation(["runs", "common"]);
  const title = useRunTitle();
  const plan = useRetryPlan(run.id, opened);
  const { go, busy } = useRetry(run, onClose);
  const first = plan.data?.again[0];
  const step = first === undefined ? "" : nodeName(graph.nodes[nodeOf(first)], nodeOf(first));
  const footer = (
    <>
      <Button
        tone="ghost"
        className={styles.left}
        busy={busy}
        title={t("retry.startHelp")}
        onClick={() => go("start")}
      >
        {t("retry.start")}
      </Button>
      <Button onClick={onClose}>{t("common:cancel")}</Button>
      <Button tone="primary" busy={busy || plan.isPending} onClick={() => go("step")}>
        {step === "" ? t("retry.goPlain") : t("retry.go", { step })}
      </Button>
    </>
  );
  return (
    <Dialog title={t("retry.title", { title: title(run) })} opened={opened} onClose={onClose} footer={footer}>
      <p className="t2">{t("retry.lead")}</p>
      {plan.isPending && <Loading lines={4} />}
      {plan.isError && <LoadProblem error={plan.error} retry={() => void plan.refetch()} />}
      {plan.data && <Plan plan={plan.data} graph={graph} />}
    </Dialog>
  );
}
