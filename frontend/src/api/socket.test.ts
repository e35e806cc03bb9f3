import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow, PATIENCE_MS, POLL_MS } from "~/api/feed";
import { LiveSocket, reconnectWait } from "~/api/socket";

class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: { op: string; topic?: string; after?: number }[] = [];

  constructor(readonly url: string) {
    super();
    FakeSocket.all.push(this);
  }

  send(text: string) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.end(1000);
  }

  accept() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  end(code: number) {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }

  tell(frame: object) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }
}

const newest = () => FakeSocket.all.at(-1) as FakeSocket;

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
});

afterEach(() => vi.useRealTimers());

test("a topic is asked for again from where it was, after the connection is lost", () => {
  const socket = new LiveSocket("ws://x/ws/v1/");
  let seq = 0;
  socket.subscribe({ topic: "run:1", after: () => seq, onFrame: (frame) => (seq = frame.seq) });
  newest().accept();
  newest().tell({ topic: "run:1", seq: 7, type: "steps", data: {} });
  newest().tell({ topic: "run:2", seq: 99, type: "steps", data: {} });
  newest().end(1006);
  vi.advanceTimersByTime(1000);
  newest().accept();

  expect(FakeSocket.all).toHaveLength(2);
  expect(newest().sent).toEqual([{ op: "sub", topic: "run:1", after: 7 }]);
});

test("a topic nobody wants any more is given up", () => {
  const socket = new LiveSocket("ws://x/ws/v1/");
  const stops = [1, 2].map(() =>
    socket.subscribe({ topic: "run:1", after: () => 0, onFrame: () => undefined }),
  );
  newest().accept();
  stops[0]?.();
  expect(newest().sent.map((m) => m.op)).toEqual(["sub", "sub"]);
  stops[1]?.();
  expect(newest().sent.at(-1)).toEqual({ op: "unsub", topic: "run:1" });
});

test("it is kept open by pings and waits longer after each failure", () => {
  const socket = new LiveSocket("ws://x/ws/v1/");
  socket.open();
  newest().accept();
  vi.advanceTimersByTime(25_000);
  expect(newest().sent).toEqual([{ op: "ping" }]);
  const waits = [0, 1, 2, 10].map((attempt) => reconnectWait(attempt, () => 1));
  expect(waits).toEqual([500, 1000, 2000, 20_000]);
  expect(reconnectWait(0, () => 0)).toBe(250);
});

test("a refused socket is not tried again until somebody signs in", () => {
  const signedOut = vi.fn();
  const socket = new LiveSocket("ws://x/ws/v1/", signedOut);
  socket.open();
  newest().end(4401);
  vi.advanceTimersByTime(60_000);
  expect(signedOut).toHaveBeenCalledOnce();
  expect(FakeSocket.all).toHaveLength(1);

  socket.open();
  newest().accept();
  expect(socket.status).toBe("open");
});

function followed(socket: LiveSocket) {
  const poll = vi.fn(async () => undefined);
  const modes: string[] = [];
  const stop = follow({
    socket,
    topic: "run:1",
    after: () => 0,
    onFrame: () => undefined,
    poll,
    onMode: (mode) => modes.push(mode),
  });
  return { poll, modes, stop };
}

test("a socket that stays down is replaced by asking, until it is back", async () => {
  const socket = new LiveSocket("ws://x/ws/v1/");
  const { poll, modes } = followed(socket);
  await vi.advanceTimersByTimeAsync(PATIENCE_MS - 100);
  expect(poll).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200 + 2 * POLL_MS);
  expect(poll).toHaveBeenCalledTimes(3);

  newest().accept();
  await vi.advanceTimersByTimeAsync(3 * POLL_MS);
  expect(poll).toHaveBeenCalledTimes(3);
  expect(modes).toEqual(["polling", "live"]);
});

test("a short interruption asks nothing", async () => {
  const socket = new LiveSocket("ws://x/ws/v1/");
  const { poll } = followed(socket);
  newest().accept();
  newest().end(1006);
  await vi.advanceTimersByTimeAsync(600);
  newest().accept();
  await vi.advanceTimersByTimeAsync(PATIENCE_MS * 2);
  expect(poll).not.toHaveBeenCalled();
});

test("asking goes on after an answer that failed, and stops when nobody looks", async () => {
  const socket = new LiveSocket("ws://x/ws/v1/");
  const { poll, stop } = followed(socket);
  poll.mockRejectedValueOnce(new Error("no answer"));
  await vi.advanceTimersByTimeAsync(PATIENCE_MS + POLL_MS);
  expect(poll).toHaveBeenCalledTimes(2);
  stop();
  await vi.advanceTimersByTimeAsync(POLL_MS * 5);
  expect(poll).toHaveBeenCalledTimes(2);
});
