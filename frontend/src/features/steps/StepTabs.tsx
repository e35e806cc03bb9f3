import { Tabs } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStep } from "~/api/queries/runs";
import type { FlowNode, Run } from "~/api/types";
import { ValueView } from "~/features/data/ValueView";
import { AttemptList } from "~/features/steps/AttemptList";
import { EffectTab } from "~/features/steps/EffectTab";
import { HttpTab } from "~/features/steps/HttpTab";
import { ResultTab } from "~/features/steps/ResultTab";
import { SetupTab } from "~/features/steps/SetupTab";
import styles from "~/features/steps/StepPanel.module.css";
import { isOver, type NodeStatus } from "~/model/overlay";
import { Loading, LoadProblem } from "~/ui/Blank";
import { Note } from "~/ui/Note";

type TabId = "result" | "input" | "output" | "attempts" | "http" | "effect" | "setup";

type BodyProps = {
  tab: TabId;
  node: FlowNode;
  run: Run;
  status: NodeStatus;
  onTab: (tab: TabId) => void;
  retry: () => void;
};

function Body({
  tab,
  node,
  run,
  status,
  onTab,
  retry,
  ...query
}: BodyProps & { query: ReturnType<typeof useStep> }) {
  const { t } = useTranslation("runs");
  const { data, error, refetch } = query.query;
  if (tab === "setup") return <SetupTab node={node} />;
  if (error && data === undefined) return <LoadProblem error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading lines={5} />;
  if (tab === "input")
    return <ValueView value={data.input} empty={t("data.emptyInput")} label={t("tab.input")} />;
  if (tab === "output")
    return <ValueView value={data.output} empty={t("data.emptyOutput")} label={t("tab.output")} />;
  if (tab === "attempts") return <AttemptList attempts={data.attempts} />;
  if (tab === "http") return <HttpTab calls={data.exchanges} />;
  if (tab === "effect" && data.effect)
    return <EffectTab effect={data.effect} output={data.output} attempt={status.attempt} />;
  return (
    <ResultTab
      run={run}
      node={node}
      status={status}
      detail={data}
      showEffect={() => onTab("effect")}
      retry={retry}
    />
  );
}

type Props = { node: FlowNode; run: Run; status: NodeStatus; retry: () => void };

/** A step's tabs. Which one is open stays while the reader goes from step to step. */
export function StepTabs({ node, run, status, retry }: Props) {
  const { t } = useTranslation("runs");
  const [tab, setTab] = useState<TabId>("result");
  const query = useStep(run.id, status.path, `${status.phase}-${status.attempt}`);
  const detail = query.data;
  const counts: Partial<Record<TabId, number>> = {
    attempts: detail?.attempts.length ?? status.attempt,
    http: detail?.exchanges.length,
  };
  const tabs: TabId[] = [
    "result",
    "input",
    "output",
    "attempts",
    "http",
    ...(status.effect === null ? [] : ["effect" as const]),
    "setup",
  ];
  const shown = tabs.includes(tab) ? tab : "result";

  useEffect(() => {
    if (shown !== tab) setTab(shown);
  }, [shown, tab]);

  return (
    <Tabs
      value={shown}
      onChange={(next) => setTab((next ?? "result") as TabId)}
      keepMounted={false}
      classNames={{ root: styles.tabs, list: styles.list, tab: styles.tab, panel: styles.body }}
    >
      <Tabs.List>
        {tabs.map((id) => (
          <Tabs.Tab key={id} value={id}>
            {t(`tab.${id}`)}
            {(counts[id] ?? 0) > 1 && <span className={styles.count}>{counts[id]}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((id) => (
        <Tabs.Panel key={id} value={id}>
          <Body tab={id} node={node} run={run} status={status} onTab={setTab} retry={retry} query={query} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

/** A step the run has not come to. */
export function NotReached({ node, run }: { node: FlowNode; run: Run }) {
  const { t } = useTranslation("runs");
  return (
    <div className={`${styles.body} ${styles.stack}`}>
      <Note tone="neutral" title={t("step.notRun")}>
        {isOver(run) ? t("step.notRunOver") : t("step.notRunHelp")}
      </Note>
      <SetupTab node={node} />
    </div>
  );
}
