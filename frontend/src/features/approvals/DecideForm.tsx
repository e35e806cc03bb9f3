import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import { useDecideApproval } from "~/api/queries/approvals";
import type { ApprovalDetail } from "~/api/types";
import { AnswerField } from "~/features/approvals/AnswerField";
import styles from "~/features/approvals/Approvals.module.css";
import { answerOf, fieldsOf, problemsOf, type Typed } from "~/model/form";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";
import { toast } from "~/ui/toast";

/** The form of a question, a note, and the two ways out. What is refused stays as it was typed. */
export function DecideForm({ approval }: { approval: ApprovalDetail }) {
  const { t } = useTranslation("approvals");
  const [typed, setTyped] = useState<Typed>({});
  const [note, setNote] = useState("");
  const decide = useDecideApproval(approval.id);
  const fields = fieldsOf(approval.form);
  const refusal = isProblem(decide.error) && decide.error.status === 400 ? decide.error : null;
  const problems = problemsOf(refusal?.errors ?? []);
  const go = (approve: boolean) =>
    decide.mutate(
      { approve, answer: approve ? answerOf(fields, typed) : null, note },
      {
        onSuccess: ({ state }) => toast("ok", t(state === "approved" ? "done.approved" : "done.rejected")),
        onError: (error) => {
          if (!isProblem(error) || error.status !== 400) {
            toast("bad", isProblem(error) ? error.message : t("decide"));
          }
        },
      },
    );
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        go(true);
      }}
    >
      {refusal && (
        <Note tone="bad" title={t("refused")} alert>
          {Object.keys(problems).length === 0 ? refusal.message : undefined}
        </Note>
      )}
      {fields.map((field) => (
        <AnswerField
          key={field.name}
          field={field}
          value={typed[field.name] ?? ""}
          problem={problems[field.name]}
          onChange={(value) => setTyped((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
      <TextInput
        label={t("note")}
        description={t("noteHelp")}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={styles.ways}>
        <Button type="submit" tone="primary" busy={decide.isPending}>
          {t("approve")}
        </Button>
        <Button tone="danger" busy={decide.isPending} onClick={() => go(false)}>
          {t("reject")}
        </Button>
      </div>
    </form>
  );
}
