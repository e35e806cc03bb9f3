import { create } from "zustand";
import { persist } from "zustand/middleware";

export type CanvasView = "canvas" | "outline";

type UiState = {
  /** The environment chosen in the switch; empty until the session names one. */
  environment: string;
  view: CanvasView;
  signInNeeded: boolean;
  sheetOpen: boolean;
  timelineOpen: boolean;
  setEnvironment: (key: string) => void;
  setView: (view: CanvasView) => void;
  setSignInNeeded: (needed: boolean) => void;
  setSheetOpen: (open: boolean) => void;
  setTimelineOpen: (open: boolean) => void;
};

/** What a reader prefers and what is open. Preferences outlive the tab, the rest does not. */
export const useUi = create<UiState>()(
  persist(
    (set) => ({
      environment: "",
      view: "canvas",
      signInNeeded: false,
      sheetOpen: false,
      timelineOpen: false,
      setEnvironment: (environment) => set({ environment }),
      setView: (view) => set({ view }),
      setSignInNeeded: (signInNeeded) => set({ signInNeeded }),
      setSheetOpen: (sheetOpen) => set({ sheetOpen }),
      setTimelineOpen: (timelineOpen) => set({ timelineOpen }),
    }),
    {
      name: "interlock-ui",
      partialize: ({ environment, view, timelineOpen }) => ({ environment, view, timelineOpen }),
    },
  ),
);
