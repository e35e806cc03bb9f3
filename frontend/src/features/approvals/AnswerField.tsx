import { NativeSelect, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Field } from "~/model/form";

type Props = { field: Field; value: string; problem: string | undefined; onChange: (value: string) => void };

/** One field of the form, by its kind. */
export function AnswerField({ field, value, problem, onChange }: Props) {
  const { t } = useTranslation("approvals");
  const shared = {
    label: field.label,
    description: field.help || undefined,
    withAsterisk: field.required,
    error: problem,
    value,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  if (field.kind === "choice" || field.kind === "yes_no") {
    const choices =
      field.kind === "choice"
        ? field.choices.map((choice) => ({ value: choice, label: choice }))
        : [
            { value: "yes", label: t("yes") },
            { value: "no", label: t("no") },
          ];
    return <NativeSelect {...shared} data={[{ value: "", label: t("choose") }, ...choices]} />;
  }
  if (field.kind === "date") return <TextInput {...shared} type="date" />;
  const numeric = field.kind === "number" || field.kind === "decimal";
  return <TextInput {...shared} inputMode={numeric ? "decimal" : undefined} autoComplete="off" />;
}
