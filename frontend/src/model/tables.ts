import type { Json } from "~/api/types";
import { kindOf } from "~/model/jsonTree";

/** Lists of records inside a value, ready to be read as tables. */

export type Grid = { name: string; columns: string[]; rows: Record<string, Json>[] };

const COLUMNS = 12;
const ROWS = 200;

function isRecord(value: Json): value is { [key: string]: Json } {
  return kindOf(value) === "object";
}

function gridOf(name: string, list: Json[]): Grid | null {
  const rows = list.filter(isRecord);
  if (rows.length === 0 || rows.length < list.length) return null;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, COLUMNS);
  return { name, columns, rows: rows.slice(0, ROWS) };
}

/** The value itself if it is a list of records, else each such list one level inside it. */
export function gridsOf(value: Json): Grid[] {
  if (Array.isArray(value)) return [gridOf("", value)].flatMap((grid) => grid ?? []);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    Array.isArray(inner) ? (gridOf(name, inner) ?? []) : [],
  );
}

/** The simple fields of a record, as label and text. */
export function factsIn(value: Json, limit = 10): { key: string; text: string }[] {
  if (!isRecord(value)) return [];
  return Object.entries(value)
    .filter(([, inner]) => inner !== null && inner !== "" && typeof inner !== "object")
    .slice(0, limit)
    .map(([key, inner]) => ({ key, text: String(inner) }));
}

export function cellText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A scalar or a list of scalars as text; null for anything deeper. */
export function plainText(value: Json): string | null {
  if (Array.isArray(value))
    return value.some((item) => item !== null && typeof item === "object") ? null : value.join(", ");
  return value !== null && typeof value === "object" ? null : cellText(value);
}

const LONG = 120;
const TECHNICAL = ["expression", "key_columns", "position"];

/** What a failure asked for, as far as it reads like words: names instead of keys, no expressions, nothing long. */
export function askedFor(info: { [key: string]: Json }): { key: string; text: string }[] {
  const named = typeof info.table_name === "string";
  return Object.entries(info).flatMap(([key, value]) => {
    if (TECHNICAL.includes(key) || (named && key === "table")) return [];
    const text = plainText(value);
    if (text === null || text === "" || text.length > LONG) return [];
    return [{ key: key === "table_name" ? "table" : key, text }];
  });
}

/** Whether a column holds figures only, decimal text included, so that it is set right. */
export function isFigures(grid: Grid, column: string): boolean {
  const values = grid.rows
    .map((row) => row[column])
    .filter((value) => value !== undefined && value !== null && value !== "");
  return values.length > 0 && values.every((value) => /^[+-]?\d+(\.\d+)?$/.test(cellText(value)));
}

/** "unit_price" → "Unit price" */
export function labelOf(key: string): string {
  const words = key.replaceAll("_", " ").trim();
  return words === "" ? key : words.charAt(0).toUpperCase() + words.slice(1);
}
