import { create } from "zustand";

/** How often the palette was asked for: 0 means its code is not needed yet. */
export const usePalette = create<{ asked: number }>()(() => ({ asked: 0 }));

export function openPalette(): void {
  usePalette.setState(({ asked }) => ({ asked: asked + 1 }));
}
