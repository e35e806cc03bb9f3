import { request } from "~/api/client";
import type { Money } from "~/api/types";

/** Undoing what an effect made: asked once, carried out in the background. */
export type Undoing = {
  effect: number;
  state: "asked" | "held" | "done";
  by: string;
  reason: string;
  reissue: boolean;
  note: string;
  number: string;
  done_by: number | null;
  asked_at: string;
  settled_at: string | null;
};

export type UndoLine = { text: string; quantity: string; net: string; tax: string };

/** What would be written, in words and numbers. `seen` is sent back, so that what was confirmed is what is done. */
export type UndoPreview = {
  title: string;
  sentence: string;
  reference: string;
  lines: UndoLine[];
  net: Money | null;
  tax: Money | null;
  total: Money | null;
  seen: string;
};

export type Compensation = {
  title: string | null;
  preview: UndoPreview | null;
  problem: string | null;
  asked: Undoing | null;
};

export const getCompensation = (effect: number) =>
  request<Compensation>("GET", `/effects/${effect}/compensation/`);
export const askToUndo = (effect: number, reason: string, seen: string) =>
  request<Undoing>("POST", `/effects/${effect}/compensation/`, { body: { reason, seen } });
