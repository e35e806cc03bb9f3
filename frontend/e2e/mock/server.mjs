/**
 * A stand-in for the real server: the built app with the product's own CSP, the API and the socket over a `World`.
 *   node e2e/mock/server.mjs            # http://127.0.0.1:8100, signs in with anna / correct horse
 */

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { handle, snapshot, stepShape, USER } from "./routes.mjs";
import { runShape, World } from "./world.mjs";

const PORT = Number(process.env.PORT ?? 8100);
const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".txt": "text/plain",
};

const world = new World({ pace: Number(process.env.PACE ?? 600), seeded: process.env.SEEDED !== "no" });
const sessions = new Set();

function policy(nonce) {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

async function page() {
  const manifest = JSON.parse(await readFile(join(DIST, "manifest.json"), "utf8"));
  const entry = manifest["src/main.tsx"];
  const nonce = randomBytes(16).toString("base64");
  const styles = (entry.css ?? [])
    .map((file) => `<link rel="stylesheet" href="/static/app/${file}">`)
    .join("");
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="csp-nonce" content="${nonce}"><title>Interlock</title><link rel="icon" href="/static/app/favicon.svg" type="image/svg+xml"><script src="/static/app/theme-init.js"></script>${styles}<script type="module" src="/static/app/${entry.file}"></script></head><body><div id="root"></div></body></html>`;
  return { html, nonce };
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? null : JSON.parse(text);
}

const cookieOf = (request) => /sessionid=([^;]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";

async function api(request, response) {
  const cookie = cookieOf(request);
  const context = {
    signedIn: sessions.has(cookie),
    wsUrl: `ws://${request.headers.host}`,
    sandboxUrl: `http://${request.headers.host}/sandbox`,
  };
  const answer = handle(
    world,
    { method: request.method, url: request.url, body: await bodyOf(request) },
    context,
  );
  const headers = { "Content-Type": answer.status < 400 ? "application/json" : "application/problem+json" };
  if (answer.signedIn === true) {
    const id = randomBytes(12).toString("hex");
    sessions.add(id);
    headers["Set-Cookie"] = `sessionid=${id}; Path=/; HttpOnly; SameSite=Lax`;
  }
  if (answer.signedIn === false) sessions.delete(cookie);
  response.writeHead(answer.status, headers);
  response.end(answer.body === null ? "" : JSON.stringify(answer.body));
}

async function asset(request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://mock").pathname)).replace(
    "/static/app/",
    "",
  );
  const content = await readFile(join(DIST, path)).catch(() => null);
  if (content === null) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" });
  response.end(content);
}

const server = createServer(async (request, response) => {
  if (request.url.startsWith("/api/")) return api(request, response);
  if (request.url.startsWith("/static/app/")) return asset(request, response);
  if (request.url.startsWith("/expire")) {
    sessions.clear();
    return response.writeHead(204).end();
  }
  const { html, nonce } = await page();
  response.writeHead(200, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policy(nonce),
    "Cache-Control": "no-store",
    "Set-Cookie": "csrftoken=mock; Path=/; SameSite=Lax",
  });
  response.end(html);
});

const sockets = new WebSocketServer({ server, path: "/ws/v1/" });

sockets.on("connection", (socket, request) => {
  if (!sessions.has(cookieOf(request))) return socket.close(4401);
  const topics = new Map();
  const send = (topic, type, data) => {
    const seq = data.seq ?? (topics.get(topic) ?? 0) + 1;
    topics.set(topic, seq);
    socket.send(JSON.stringify({ topic, seq, ts: new Date().toISOString(), type, data }));
  };
  const stop = world.listen((run, steps) => {
    const mine = `run:${run.id}`;
    if (topics.has(mine))
      send(mine, "steps", { run: runShape(run), steps: steps.map(stepShape), seq: run.seq });
    const flow = `flow:${run.flow.key}`;
    if (topics.has(flow)) send(flow, "runs", { runs: [runShape(run)] });
  });
  socket.on("message", (text) => {
    const { op, topic } = JSON.parse(String(text));
    if (op === "unsub") topics.delete(topic);
    if (op !== "sub") return;
    const data = snapshot(world, topic);
    if (data !== null) send(topic, "snapshot", data);
  });
  socket.on("close", stop);
});

server.listen(PORT, "127.0.0.1", () => {
  console.log(
    `Stand-in server on http://127.0.0.1:${PORT} (sign in as ${USER.username}, password: ${USER.password})`,
  );
});
