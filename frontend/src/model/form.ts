import type { FormPart, FormSchema, Json } from "~/api/types";

export type FieldKind = "text" | "number" | "decimal" | "choice" | "yes_no" | "date";

export type Field = {
  name: string;
  label: string;
  kind: FieldKind;
  required: boolean;
  help: string;
  choices: string[];
};

export type Typed = Record<string, string>;

function kindOf(part: FormPart): FieldKind {
  if (part.enum !== undefined) return "choice";
  if (part.type === "boolean") return "yes_no";
  if (part.type === "number") return "number";
  if (part.format === "decimal" || part.format === "date") return part.format;
  return "text";
}

/** The fields in the order of the form; databases may forget the order of members, `x-order` doesn't. */
export function fieldsOf(form: FormSchema): Field[] {
  return Object.entries(form.properties ?? {})
    .toSorted(([, a], [, b]) => (a["x-order"] ?? 0) - (b["x-order"] ?? 0))
    .map(([name, part]) => ({
      name,
      label: part.title ?? name,
      kind: kindOf(part),
      required: form.required?.includes(name) ?? false,
      help: part["x-help"] ?? "",
      choices: part.enum ?? [],
    }));
}

function readAs(kind: FieldKind, text: string): Json {
  if (kind === "yes_no") return text === "yes";
  const number = Number(text);
  return kind === "number" && !Number.isNaN(number) ? number : text;
}

/** What was typed, as the answer the server checks: empty fields are left out, decimals stay text. */
export function answerOf(fields: Field[], typed: Typed): Record<string, Json> {
  const filled = fields.filter(({ name }) => (typed[name] ?? "").trim() !== "");
  return Object.fromEntries(filled.map(({ name, kind }) => [name, readAs(kind, (typed[name] ?? "").trim())]));
}

/** What is wrong, by field name: from problems that point at "/answer/<name>". */
export function problemsOf(errors: unknown[]): Typed {
  const found: Typed = {};
  for (const error of errors) {
    const { pointer, message } = error as { pointer?: string; message?: string };
    const name = /^\/answer\/([^/]+)/.exec(pointer ?? "")?.[1];
    if (name !== undefined && message !== undefined) found[name] ??= sentence(message);
  }
  return found;
}

/** "discount: is missing." stands below the field's label, so that its name needn't be said again. */
function sentence(message: string): string {
  const rest = message.replace(/^[\w/]+: /, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
