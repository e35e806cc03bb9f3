import type { Frame } from "~/api/types";

export type SocketStatus = "connecting" | "open" | "down" | "refused";

type Subscription = { topic: string; after: () => number; onFrame: (frame: Frame) => void };

const PING_MS = 25_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
const SIGNED_OUT = 4401;
const FORBIDDEN = 4403;

/** Back-off with jitter: between half and all of 0.5 s · 2ⁿ, at most 20 s. */
export function reconnectWait(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return full * (0.5 + random() / 2);
}

/**
 * One WebSocket for the whole tab. Topics survive reconnects: each is asked for again from its last `seq`.
 * Who listens to `onStatus` decides what to do while it is down (see `feed.ts`: poll).
 */
export class LiveSocket {
  status: SocketStatus = "connecting";
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ping: ReturnType<typeof setInterval> | undefined;
  private readonly topics = new Set<Subscription>();
  private readonly watchers = new Set<(status: SocketStatus) => void>();

  constructor(
    private readonly url: string,
    private readonly onSignedOut: () => void = () => undefined,
  ) {}

  subscribe(subscription: Subscription): () => void {
    this.topics.add(subscription);
    if (this.status === "open") this.ask(subscription);
    else this.open();
    return () => {
      this.topics.delete(subscription);
      const others = [...this.topics].some((other) => other.topic === subscription.topic);
      if (!others) this.send({ op: "unsub", topic: subscription.topic });
    };
  }

  onStatus(watcher: (status: SocketStatus) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Connect now: at start, after signing in again, and when a hidden tab comes back. */
  open(): void {
    if (this.socket !== null) return;
    clearTimeout(this.timer);
    if (this.status === "refused") this.attempt = 0;
    this.setStatus(this.attempt === 0 ? "connecting" : "down");
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.addEventListener("open", () => this.onOpen());
    socket.addEventListener("message", (event) => this.onMessage(String(event.data)));
    socket.addEventListener("close", (event) => this.onClose(socket, event.code));
  }

  close(): void {
    clearTimeout(this.timer);
    clearInterval(this.ping);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.setStatus("down");
  }

  private onOpen(): void {
    this.attempt = 0;
    this.setStatus("open");
    for (const subscription of this.topics) this.ask(subscription);
    this.ping = setInterval(() => this.send({ op: "ping" }), PING_MS);
  }

  private onMessage(text: string): void {
    const frame = JSON.parse(text) as Frame;
    for (const subscription of [...this.topics]) {
      if (subscription.topic === frame.topic) subscription.onFrame(frame);
    }
  }

  private onClose(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.socket = null;
    clearInterval(this.ping);
    if (code === SIGNED_OUT || code === FORBIDDEN) {
      this.setStatus("refused");
      if (code === SIGNED_OUT) this.onSignedOut();
      return;
    }
    this.setStatus("down");
    this.timer = setTimeout(() => this.open(), reconnectWait(this.attempt));
    this.attempt += 1;
  }

  private ask(subscription: Subscription): void {
    this.send({ op: "sub", topic: subscription.topic, after: subscription.after() });
  }

  private send(message: object): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private setStatus(status: SocketStatus): void {
    if (this.status === status) return;
    this.status = status;
    for (const watcher of [...this.watchers]) watcher(status);
  }
}
