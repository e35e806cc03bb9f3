import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { getTimeline, listRuns } from "~/api/endpoints";
import { type FeedMode, follow } from "~/api/feed";
import { sessionKey } from "~/api/queries/session";
import { LiveSocket } from "~/api/socket";
import type { FlowFrame, FlowGraph, Run, RunFrame, Session } from "~/api/types";
import { isOver } from "~/model/overlay";
import { useRunStore } from "~/stores/runStore";
import { useUi } from "~/stores/uiStore";

let socket: LiveSocket | null = null;

/** `ws_url` is an origin ("ws://127.0.0.1:8001"); without one the page's own origin serves the socket. */
export function socketUrl(wsUrl: string | null, page: Location = window.location): string {
  const own = `${page.protocol === "https:" ? "wss" : "ws"}://${page.host}`;
  return `${(wsUrl || own).replace(/\/+$/, "")}/ws/v1/`;
}

/** The tab's one socket, made when first needed. */
export function useSocket(): LiveSocket {
  const client = useQueryClient();
  return useMemo(() => {
    const session = client.getQueryData<Session>(sessionKey);
    socket ??= new LiveSocket(socketUrl(session?.ws_url ?? null), () =>
      useUi.getState().setSignInNeeded(true),
    );
    return socket;
  }, [client]);
}

/** Connect again at once after a sign-in, or when a page comes back to the front. */
export function reviveSocket(): void {
  socket?.open();
}

export function dropSocket(): void {
  socket?.close();
  socket = null;
}

/** Draw a run on `graph` and keep it up to date until it is over. */
export function useRunLive(runId: number | null, graph: FlowGraph | undefined): void {
  const live = useSocket();
  const over = useRunStore((s) => s.runId === runId && s.run !== null && isOver(s.run));

  useEffect(() => {
    if (runId !== null && graph !== undefined) useRunStore.getState().begin(runId, graph);
  }, [runId, graph]);

  const known = graph !== undefined;
  useEffect(() => {
    if (runId === null || !known || over) return;
    const store = useRunStore.getState;
    return follow({
      socket: live,
      topic: `run:${runId}`,
      after: () => store().seq,
      onFrame: (frame) => {
        const { type, seq, data } = frame as RunFrame;
        store().apply(runId, { run: data.run, seq, steps: data.steps }, type === "snapshot");
      },
      poll: async () => store().apply(runId, await getTimeline(runId, store().seq), false),
      onMode: (mode) => store().setMode(mode),
    });
  }, [live, runId, known, over]);
}

function merged(before: Run[], news: Run[]): Run[] {
  const byId = new Map([...before, ...news].map((run) => [run.id, run]));
  return [...byId.values()].sort((a, b) => b.id - a.id).slice(0, 50);
}

/** The newest runs of a flow, as they come. `null` until the first answer. */
export function useFlowLive(flow: string, environment: string): { runs: Run[] | null; mode: FeedMode } {
  const live = useSocket();
  const [runs, setRuns] = useState<Run[] | null>(null);
  const [mode, setMode] = useState<FeedMode>("live");

  useEffect(() => {
    setRuns(null);
    const here = (list: Run[]) => list.filter((run) => run.environment === environment);
    const ask = async () => {
      const page = await listRuns({ flow, environment }, null, 20);
      setRuns((before) => merged(before ?? [], page.results));
    };
    void ask().catch(() => undefined);
    return follow({
      socket: live,
      topic: `flow:${flow}`,
      after: () => 0,
      onFrame: (frame) => setRuns((before) => merged(before ?? [], here((frame as FlowFrame).data.runs))),
      poll: ask,
      onMode: setMode,
    });
  }, [live, flow, environment]);

  return { runs, mode };
}
