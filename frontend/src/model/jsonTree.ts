import type { Json } from "~/api/types";

/** A JSON value as rows of a tree, so that ten thousand of them can be drawn a screenful at a time. */

export type JsonKind = "object" | "list" | "text" | "number" | "flag" | "null";

export type JsonRow = {
  /** JSON pointer of the value. */
  id: string;
  depth: number;
  key: string;
  kind: JsonKind;
  /** The scalar as it is written in JSON; empty for containers. */
  text: string;
  size: number;
  open: boolean;
  parent: string | null;
};

export function kindOf(value: Json): JsonKind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "object";
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "number" : "flag";
}

const escaped = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");

function entries(value: Json): [string, Json][] {
  if (Array.isArray(value)) return value.map((item, index) => [String(index), item]);
  if (value !== null && typeof value === "object") return Object.entries(value);
  return [];
}

/** The visible rows. `closed` holds the pointers a reader has folded; the value itself is not a row. */
export function rowsOf(value: Json, closed: ReadonlySet<string>): JsonRow[] {
  const rows: JsonRow[] = [];
  const visit = (children: [string, Json][], parent: string, depth: number) => {
    for (const [key, child] of children) {
      const id = `${parent}/${escaped(key)}`;
      const inner = entries(child);
      const open = inner.length > 0 && !closed.has(id);
      const container = child !== null && typeof child === "object";
      rows.push({
        id,
        depth,
        key,
        kind: kindOf(child),
        text: container ? "" : JSON.stringify(child),
        size: inner.length,
        open,
        parent: depth === 0 ? null : parent,
      });
      if (open) visit(inner, id, depth + 1);
    }
  };
  visit(entries(value), "", 0);
  return rows;
}

/** Containers deeper than `depth`: what is folded at first in a large value. */
export function deeperThan(value: Json, depth: number): Set<string> {
  const all = rowsOf(value, new Set());
  return new Set(all.filter((row) => row.size > 0 && row.depth >= depth).map((row) => row.id));
}
