import type { LiveSocket } from "~/api/socket";
import type { Frame } from "~/api/types";

export type FeedMode = "live" | "polling";

export type FeedOptions = {
  socket: LiveSocket;
  topic: string;
  /** The last sequence number seen, so that a new connection goes on from there. */
  after: () => number;
  onFrame: (frame: Frame) => void;
  /** Asked every `POLL_MS` while the socket has been down for `PATIENCE_MS`. */
  poll: () => Promise<void>;
  onMode?: (mode: FeedMode) => void;
};

export const PATIENCE_MS = 5_000;
export const POLL_MS = 2_000;

/** Follow a topic: by the socket when there is one, else by asking. Returns the way to stop. */
export function follow(options: FeedOptions): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let polling = false;

  const ask = async () => {
    if (stopped || !polling) return;
    await options.poll().catch(() => undefined);
    if (!stopped && polling) timer = setTimeout(ask, POLL_MS);
  };
  const startPolling = () => {
    polling = true;
    options.onMode?.("polling");
    void ask();
  };
  const stopPolling = () => {
    clearTimeout(timer);
    timer = undefined;
    if (polling) options.onMode?.("live");
    polling = false;
  };
  const onStatus = (status: string) => {
    if (status === "open") stopPolling();
    else if (!polling && timer === undefined) timer = setTimeout(startPolling, PATIENCE_MS);
  };

  const unwatch = options.socket.onStatus(onStatus);
  const unsubscribe = options.socket.subscribe({
    topic: options.topic,
    after: options.after,
    onFrame: options.onFrame,
  });
  onStatus(options.socket.status);

  return () => {
    stopped = true;
    clearTimeout(timer);
    unwatch();
    unsubscribe();
  };
}
