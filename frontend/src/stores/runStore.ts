import { create } from "zustand";
import type { FeedMode } from "~/api/feed";
import type { FlowGraph, Run, RunTimeline, Step, Tallies } from "~/api/types";
import { type EdgePhase, type NodeStatus, type Overlay, overlayOf, shared } from "~/model/overlay";

const NOTHING: Overlay = { nodes: {}, edges: {} };

type RunView = {
  runId: number | null;
  graph: FlowGraph | null;
  run: Run | null;
  seq: number;
  steps: Record<string, Step>;
  tallies: Tallies;
  overlay: Overlay;
  mode: FeedMode;
  /** Start showing a run on a graph; what was shown before is dropped. */
  begin: (runId: number, graph: FlowGraph) => void;
  /** A snapshot replaces the steps, a change merges into them. Older news than what is shown is ignored. */
  apply: (runId: number, news: RunTimeline, whole: boolean) => void;
  setMode: (mode: FeedMode) => void;
  clear: () => void;
};

const empty = {
  runId: null,
  graph: null,
  run: null,
  seq: 0,
  steps: {},
  tallies: {} as Tallies,
  overlay: NOTHING,
  mode: "live" as FeedMode,
};

/** The run drawn on the canvas. Kept outside the canvas's nodes: a change draws one node, not the graph. */
export const useRunStore = create<RunView>()((set, get) => ({
  ...empty,
  begin: (runId, graph) => {
    const now = get();
    if (now.runId === runId && now.graph === graph) return;
    if (now.runId === runId) {
      set({ graph, overlay: overlayOf(graph, now.run, Object.values(now.steps), now.tallies) });
      return;
    }
    set({ ...empty, mode: now.mode, runId, graph });
  },
  apply: (runId, news, whole) => {
    const now = get();
    if (now.runId !== runId || now.graph === null || news.seq < now.seq) return;
    const changed = Object.fromEntries(news.steps.map((step) => [step.path, step]));
    const steps = whole ? changed : { ...now.steps, ...changed };
    const tallies = news.tallies ?? {};
    const overlay = shared(now.overlay, overlayOf(now.graph, news.run, Object.values(steps), tallies));
    set({ run: news.run, seq: news.seq, steps, tallies, overlay });
  },
  setMode: (mode) => set({ mode }),
  clear: () => set(empty),
}));

export const useNodeStatus = (node: string): NodeStatus | undefined =>
  useRunStore((s) => s.overlay.nodes[node]);

export const useEdgePhase = (edge: string): EdgePhase | undefined =>
  useRunStore((s) => s.overlay.edges[edge]);
