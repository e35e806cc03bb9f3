import type { TFunction } from "i18next";
import type { Effect, Json, StepProblem } from "~/api/types";
import { type EffectWords, effectWords } from "~/model/effect";
import { labelOf } from "~/model/tables";

type T = TFunction<"runs">;

const RECORDS = [
  "sales_invoice",
  "invoice",
  "contact",
  "customer",
  "box",
  "comment",
  "sales_credit_note",
] as const;
const KINDS = ["table_miss", "auth", "config", "data", "not_found", "conflict", "outcome_unknown"] as const;

function recordName(record: string, t: T): string {
  const known = RECORDS.find((name) => name === record);
  return known === undefined ? labelOf(record) : t(`effect.record.${known}`);
}

/** "Invoice SI-12 confirmed" and "Written once." */
export function sayEffect(
  effect: Effect,
  output: Json | undefined,
  attempt: number,
  t: T,
): EffectWords & { title: string; help: string } {
  const words = effectWords(effect, output);
  const subject = { record: recordName(words.record, t), name: words.name };
  const title = t(`effect.${words.outcome}`, subject).replace(/ {2,}/g, " ");
  const plain = t(`effect.${words.outcome}Help`);
  const again = words.outcome === "created" && attempt > 1 ? ` ${t("effect.again", { attempt })}` : "";
  const generation = effect.generation > 1 && words.outcome === "created";
  const help = generation ? t("effect.createdGeneration", { generation: effect.generation }) : plain;
  return { ...words, title, help: `${help}${again}` };
}

/** What a person can do about a failure, by its kind. */
export function sayTodo(problem: StepProblem, t: T): string {
  const kind = KINDS.find((name) => name === problem.kind || name === problem.code);
  return t(`todo.${kind ?? "other"}`);
}
