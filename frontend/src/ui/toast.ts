import { create } from "zustand";

export type Toast = { id: number; tone: "ok" | "bad"; title: string; message: string };

/** The one sentence shown after an act; a new one takes the place of the last. */
export const useToast = create<{ toast: Toast | null }>()(() => ({ toast: null }));

let last = 0;

export function toast(tone: Toast["tone"], title: string, message = ""): void {
  last += 1;
  useToast.setState({ toast: { id: last, tone, title, message } });
}

export function closeToast(): void {
  useToast.setState({ toast: null });
}
