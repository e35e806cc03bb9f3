import { vi } from "vitest";
import { handle } from "../../e2e/mock/routes.mjs";
import { World } from "../../e2e/mock/world.mjs";

type Asked = { method: string; url: string; body: unknown };

/** The stand-in server of the browser journeys, behind `fetch`. Runs move only by `world.settle()`. */
export function serve(options: { signedIn?: boolean; seeded?: boolean } = {}) {
  const world = new World({ pace: 0, seeded: options.seeded ?? true });
  const context = { signedIn: options.signedIn ?? true, wsUrl: "", sandboxUrl: "http://127.0.0.1:8300" };
  const asked: Asked[] = [];
  const answer = (url: string, init: RequestInit = {}): Response => {
    const method = init.method ?? "GET";
    const body = typeof init.body === "string" ? JSON.parse(init.body) : null;
    asked.push({ method, url, body });
    const reply = handle(world, { method, url, body }, context);
    if (reply.signedIn !== undefined) context.signedIn = reply.signedIn;
    const type = reply.status < 400 ? "application/json" : "application/problem+json";
    const text = reply.body === null ? null : JSON.stringify(reply.body);
    return new Response(text, { status: reply.status, headers: { "Content-Type": type } });
  };
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => answer(url, init));
  vi.stubGlobal("WebSocket", SilentSocket);
  return { world, context, asked };
}

/** A socket that never connects: pages must do without. */
class SilentSocket extends EventTarget {
  readyState = 0;
  send() {}
  close() {}
}
