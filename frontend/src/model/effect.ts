import type { Effect, Json } from "~/api/types";

/** An effect in words: which record, by which name, and what certainly happened to it. */

export type EffectTone = "ok" | "warn" | "bad" | "info";

export type EffectWords = {
  tone: EffectTone;
  /** The kind of record: "sales_invoice", "contact", "box" … */
  record: string;
  /** What people call it: a number, a name, else its id there. */
  name: string;
  outcome:
    | "created"
    | "found"
    | "updated"
    | "removed"
    | "unknown"
    | "conflict"
    | "refused"
    | "sent"
    | "intended";
};

/** Ids longer than this mean nothing to a person, so they are left to the details. */
const READABLE = 24;

const TONE: Record<Effect["state"], EffectTone> = {
  confirmed: "ok",
  intended: "info",
  sent: "info",
  unknown: "warn",
  conflict: "bad",
  refused: "bad",
};

function textIn(value: Json | undefined, ...keys: string[]): string {
  if (value === undefined || value === null || typeof value !== "object" || Array.isArray(value)) return "";
  for (const key of keys) {
    const found = value[key];
    if (typeof found === "string" && found !== "") return found;
    if (typeof found === "number") return String(found);
  }
  return "";
}

function confirmedAs(effect: Effect, output: Json | undefined): EffectWords["outcome"] {
  const operation = effect.operation.split(".").at(-1) ?? "";
  const matched = effect.matched_by || textIn(output, "matched_by");
  if (matched !== "" && matched !== "created") return "found";
  if (/^(update|write|set)_/.test(operation)) return "updated";
  return /^(void|delete|cancel)_/.test(operation) ? "removed" : "created";
}

/** `output` is what the operation gave back; it holds the number or name people know the record by. */
export function effectWords(effect: Effect, output?: Json): EffectWords {
  const id = effect.far_id.length > READABLE ? "" : effect.far_id;
  const name = textIn(output, "number", "displayed_as", "name", "reference") || id;
  const outcome = effect.state === "confirmed" ? confirmedAs(effect, output) : effect.state;
  return { tone: TONE[effect.state], record: effect.record, name, outcome };
}
