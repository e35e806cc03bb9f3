import { Select, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Skippable } from "~/api/operating";
import { isProblem } from "~/api/problem";
import { useSkip, useSkippable } from "~/api/queries/operating";
import type { Json, Run } from "~/api/types";
import styles from "~/features/operate/Operate.module.css";
import { ReasonDialog } from "~/features/operate/ReasonDialog";
import { Loading } from "~/ui/Blank";
import { toast } from "~/ui/toast";

/** What was typed as JSON; undefined = it is none. Nothing typed = nothing. */
function read(text: string): Json | undefined {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

type Said = { text: string; port: string; problem: string };
type FormProps = { step: Skippable; said: Said; onChange: (part: Partial<Said>) => void };

/** What the step comes to instead, and by which way it is left where there are several. */
function Form({ step, said, onChange }: FormProps) {
  const { t } = useTranslation("operate");
  return (
    <>
      <p>{t("skip.failed", { sentence: step.sentence })}</p>
      <p className="t2">{t("skip.help")}</p>
      <Textarea
        mt={12}
        classNames={{ input: styles.json }}
        label={t("skip.output")}
        description={t("skip.outputHelp")}
        error={said.problem || undefined}
        value={said.text}
        onChange={(event) => onChange({ text: event.currentTarget.value, problem: "" })}
      />
      {step.ports.length > 1 && (
        <Select
          mt={12}
          label={t("skip.port")}
          data={step.ports}
          value={said.port || (step.ports[0] ?? null)}
          onChange={(port) => onChange({ port: port ?? "" })}
        />
      )}
    </>
  );
}

type Props = { run: Run; opened: boolean; onClose: () => void };

/** Going on without the step a run waits at, where that may be; else why it may not. */
export function SkipDialog({ run, opened, onClose }: Props) {
  const { t } = useTranslation("operate");
  const [said, setSaid] = useState<Said>({ text: "", port: "", problem: "" });
  const change = (part: Partial<Said>) => setSaid((before) => ({ ...before, ...part }));
  const step = useSkippable(run.id, opened);
  const skip = useSkip(run.id);
  const go = (reason: string) => {
    const output = read(said.text);
    if (output === undefined) return change({ problem: t("skip.noJson") });
    skip.mutate(
      { reason, output, port: said.port },
      {
        onSuccess: () => {
          toast("ok", t("skip.done", { id: run.id }));
          onClose();
        },
        onError: (error) => change({ problem: isProblem(error) ? error.message : t("skip.button") }),
      },
    );
  };
  return (
    <ReasonDialog
      title={step.data ? t("skip.title", { step: step.data.name }) : t("skip.item")}
      act={t("skip.button")}
      opened={opened}
      busy={skip.isPending}
      off={step.data === undefined}
      onClose={onClose}
      onAct={go}
    >
      {step.isPending && <Loading lines={3} />}
      {step.isError && <p role="alert">{isProblem(step.error) ? step.error.message : t("skip.button")}</p>}
      {step.data && <Form step={step.data} said={said} onChange={change} />}
    </ReasonDialog>
  );
}
