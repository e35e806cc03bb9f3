import type { Effect, Json } from "~/api/types";

/** An effect in words: which record, by which name, and what certainly happened to it. */

export type EffectTone = "ok" | "warn" | "bad" | "info";

export type EffectWords = {
  tone: EffectTone;
  /** The kind of record: "sales_invoice", "contact", "box" … */
  record: string;
  /** What people call it: a number, a name, else its id there. */
  name: string;
  outcome: "created" | "found" | "updated" | "removed" | "unknown" | "conflict" | "refused" | "sent" | "intended";
};

const TONE: Record<Effect["state"], EffectTone> = {
  confirmed: "ok",
  intended: "info",
  sent: "info",
  unknown: "warn",
  conflict: "bad",
  refused: "bad",
};

function textIn(value: Json, ...keys: string[]): string {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return "";
  for (const key of keys) {
    const found = value[key];
    if (typeof found === "string" && found !== "") return found;
    if (typeof found === "number") return String(found);
  }
  return "";
}

function confirmedAs(effect: Effect): EffectWords["outcome"] {
  const operation = effect.operation.split(".").at(-1) ?? "";
  const matched = textIn(effect.result, "matched_by");
  if (matched !== "" && matched !== "created") return "found";
  if (/^(update|write|set)_/.test(operation)) return "updated";
  return /^(void|delete|cancel)_/.test(operation) ? "removed" : "created";
}

export function effectWords(effect: Effect): EffectWords {
  const name = textIn(effect.result, "number", "displayed_as", "name", "reference") || effect.far_id;
  const outcome = effect.state === "confirmed" ? confirmedAs(effect) : effect.state;
  return { tone: TONE[effect.state], record: effect.record, name, outcome };
}
