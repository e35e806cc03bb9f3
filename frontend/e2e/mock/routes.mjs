/** /api/v1/ over a `World`. `handle` is a pure function of the request, used by the server and by the unit tests. */

import { CATALOGUE, DEALS, FLOW, GRAPH, LAYOUT, stepData } from "./fixture.mjs";
import { runShape } from "./world.mjs";

const ENVIRONMENTS = [
  { key: "dev", name: "Development", order: 0, live: false },
  { key: "qa", name: "Quality", order: 1, live: false },
  { key: "prod", name: "Production", order: 2, live: true },
];

const KNOWN = ["Furniture", "Freight", "Textiles"];

export const USER = { username: "anna", password: "correct horse" };

const ok = (body, status = 200) => ({ status, body });
const problem = (status, code, title, detail = "") => ({
  status,
  body: { type: "about:blank", title, status, detail, code },
});
const missing = () => problem(404, "not_found", "Not found");

export function sessionBody(signedIn, { wsUrl = "", sandboxUrl = null } = {}) {
  return {
    authenticated: signedIn,
    user: signedIn ? { id: 1, name: "Anna Keller", email: "anna@example.com", initials: "AK" } : null,
    roles: signedIn ? { dev: ["administrator"], qa: ["administrator"], prod: ["viewer"] } : {},
    environments: signedIn ? ENVIRONMENTS : [],
    ws_url: wsUrl,
    public_url: "http://127.0.0.1:8000",
    version: "0.1.0",
    sandbox_url: sandboxUrl,
  };
}

function flowShape(world) {
  const recent = world.recent();
  const spark = Array.from({ length: 24 }, (_, hour) => {
    const from = world.now() - (24 - hour) * 3_600_000;
    return recent.filter(
      (run) => Date.parse(run.queued_at) >= from && Date.parse(run.queued_at) < from + 3_600_000,
    ).length;
  });
  const count = (state) => recent.filter((run) => run.state === state).length;
  const last = [...world.runs.values()].at(-1);
  return {
    key: FLOW.key,
    name: FLOW.name,
    description: FLOW.description,
    environments: [
      { environment: "dev", release: 3, active: true },
      { environment: "qa", release: 2, active: false },
      { environment: "prod", release: null, active: false },
    ],
    version: 3,
    nodes: Object.keys(GRAPH.nodes).length,
    last_run: last ? { id: last.id, state: last.state, at: last.queued_at, title: last.title } : null,
    runs_24h: { succeeded: count("succeeded"), parked: count("parked"), failed: count("failed") },
    spark,
  };
}

const stepShape = ({ seq, ...step }) => step;

function timeline(run, after = 0) {
  const steps = [...run.steps.values()].filter((step) => step.seq > after).map(stepShape);
  return { run: runShape(run), seq: run.seq, steps };
}

function listRuns(world, query) {
  const limit = Number(query.get("limit") ?? 50);
  const before = Number(query.get("cursor") ?? Number.POSITIVE_INFINITY);
  const text = (query.get("q") ?? "").toLowerCase();
  const wanted = [...world.runs.values()]
    .reverse()
    .filter((run) => run.id < before)
    .filter((run) => !query.get("flow") || run.flow.key === query.get("flow"))
    .filter((run) => !query.get("environment") || run.environment === query.get("environment"))
    .filter((run) => !query.get("state") || query.get("state").split(",").includes(run.state))
    .filter((run) => text === "" || run.title.toLowerCase().includes(text) || String(run.id) === text);
  const page = wanted.slice(0, limit);
  return { results: page.map(runShape), next: wanted.length > limit ? String(page.at(-1).id) : null };
}

function stepDetail(world, run, path) {
  const step = run.steps.get(path);
  if (step === undefined) return missing();
  const { input, output } = stepData(step.node, run.deal, run.invoice ?? 0);
  const done = step.state === "done";
  const attempts = Array.from({ length: step.attempt }, (_, index) => {
    const last = index + 1 === step.attempt;
    return {
      attempt: index + 1,
      state: last ? step.state : "fail",
      started_at: step.started_at,
      ended_at: step.ended_at,
      ms: step.ms,
      problem: last
        ? step.problem
        : { kind: "table_miss", code: "table_miss", sentence: "No row for this key.", pointer: "" },
    };
  });
  const calls = GRAPH.nodes[step.node].type === "call";
  const system = GRAPH.nodes[step.node].config.operation?.split(".")[0];
  const url =
    system === "streak"
      ? "https://api.streak.com/api/v1/boxes/agxz1"
      : "https://api.accounting.sage.com/v3.1/sales_invoices";
  const exchange = {
    attempt: 1,
    method: input && !output?.updated_at && system === "sage50" ? "POST" : "GET",
    url,
    status: 200,
    ms: step.ms,
    at: step.started_at,
    request: input,
    response: output,
    error: "",
  };
  const effect = step.effect === null ? null : world.effects.get(step.effect);
  const { payload, result, conflict, ...shown } = effect ?? {};
  return ok({
    path,
    node: step.node,
    state: step.state,
    input,
    output: done ? output : null,
    attempts,
    exchanges: calls && done ? [exchange] : [],
    effect: effect && shown,
  });
}

function retryPlan(world, run) {
  const done = [...run.steps.values()].filter((step) => step.state === "done");
  const again = Object.keys(GRAPH.nodes).filter((id) => run.steps.get(id)?.state !== "done");
  const confirmed = done.flatMap((step) => (step.effect === null ? [] : world.effects.get(step.effect)));
  return ok({ reused: done.map((step) => step.path), again, confirmed, unknown: [] });
}

function failureShape(world, group) {
  const runs = world.waiting(group);
  const total = runs.reduce((sum, run) => sum + Number(run.amount?.amount ?? 0), 0);
  const money = total > 0 ? [{ amount: total.toFixed(2), currency: "GBP" }] : [];
  return { ...group, count: runs.length, open: runs.length, blocks: group.blocks ?? 0, money };
}

function failureRoutes(world, parts, body, query) {
  if (parts.length === 0) {
    const state = query.get("state") ?? "open";
    const environment = query.get("environment");
    const groups = [...world.failures.values()].filter(
      (g) => g.state === state && (!environment || g.environment === environment),
    );
    return ok({ results: groups.map((group) => failureShape(world, group)), next: null });
  }
  const group = world.failures.get(Number(parts[0]));
  if (group === undefined) return missing();
  if (parts.length === 1)
    return ok({ ...failureShape(world, group), runs: world.waiting(group).map(runShape), payloads: null });
  if (parts[1] === "retry") {
    const runs = world.waiting(group);
    for (const run of runs) world.retry(run);
    return ok({ retried: runs.length, skipped: [] });
  }
  if (parts[1] === "give-up") {
    const runs = world.waiting(group);
    for (const run of runs) world.end(run, "failed", "");
    group.state = "resolved";
    return ok({ given_up: runs.length, skipped: [] });
  }
  group.state = parts[1] === "resolve" ? "resolved" : "ignored";
  group.note = body?.note ?? "";
  return ok(failureShape(world, group));
}

function approvalRoutes(world, parts, body, query) {
  if (parts.length === 0) {
    const states = (query.get("state") ?? "").split(",");
    const found = [...world.approvals.values()].filter(
      (one) =>
        states.includes(one.state) &&
        (!query.get("environment") || one.environment === query.get("environment")) &&
        (!query.get("run") || String(one.run) === query.get("run")),
    );
    return ok({ results: found, next: null });
  }
  const one = world.approvals.get(Number(parts[0]));
  if (one === undefined) return missing();
  if (parts[1] !== "decide") return ok(one);
  if (one.state !== "waiting")
    return problem(409, "already_decided", "Conflict", `${one.decided_by} has ${one.state} this.`);
  const lacks = one.form.required.filter((name) => body.approve && body.answer?.[name] === undefined);
  if (lacks.length > 0) {
    const errors = lacks.map((name) => ({ pointer: `/answer/${name}`, message: `${name}: is missing.` }));
    const refusal = problem(400, "invalid", "Bad Request", errors[0].message);
    return { ...refusal, body: { ...refusal.body, errors } };
  }
  world.decide(one, body, "anna");
  return ok(one);
}

function endings(world, run, act, body) {
  if (run.state !== "parked") return problem(409, "not_parked", "This run is no longer parked");
  const failed = [...run.steps.values()].find((step) => step.state === "fail");
  if (body === null) {
    const { path, node, problem: met } = failed;
    return ok({ path, node, name: GRAPH.nodes[node].name, ports: ["main"], sentence: met.sentence });
  }
  if (act === "give-up") world.end(run, "failed", "");
  else {
    world.step(run, failed.node, { state: "done", attempt: failed.attempt + 1, problem: null });
    world.retry(run);
  }
  return ok(runShape(run));
}

function endpointRoutes(world, parts, body) {
  if (parts.length === 0) return ok({ results: world.endpoints, next: null });
  const one = world.endpoints.find((endpoint) => String(endpoint.id) === parts[0]);
  const paused = parts[1] === "pause";
  const [paused_at, paused_by, paused_why] = paused ? [world.iso(), "anna", body.reason] : [null, "", ""];
  Object.assign(one, { paused_at, paused_by, paused_why });
  return ok(one);
}

function tryConnection(world, id) {
  world.notices = world.notices.filter((notice) => notice.connection !== Number(id));
  return ok({ ok: true, account: { id: "1", name: "Harlow Ltd" } });
}

function runRoutes(world, parts, query, body) {
  if (parts.length === 0) return ok(listRuns(world, query));
  const run = world.runs.get(Number(parts[0]));
  if (run === undefined) return missing();
  switch (parts[1]) {
    case undefined:
      return ok({
        ...runShape(run),
        graph: GRAPH,
        layout: LAYOUT,
        seq: run.seq,
        steps: timeline(run).steps,
        lane: run.lane,
      });
    case "steps":
      return stepDetail(world, run, query.get("path"));
    case "timeline":
      return ok(timeline(run, Number(query.get("after") ?? 0)));
    case "retry-plan":
      return retryPlan(world, run);
    case "retry":
      if (run.state !== "parked") return problem(409, "not_parked", "This run is no longer parked");
      world.retry(run);
      return ok(runShape(run));
    case "give-up":
    case "skip":
      return endings(world, run, parts[1], body);
    case "cancel":
      world.end(run, "cancelled", "");
      return ok(runShape(run));
    default:
      return missing();
  }
}

function flowRoutes(world, parts) {
  if (parts.length === 0) return ok({ results: [flowShape(world)], next: null });
  if (parts[0] !== FLOW.key) return missing();
  return ok({ ...flowShape(world), ...FLOW, graph: GRAPH, layout: LAYOUT });
}

function addRow(world, body) {
  world.missing.delete(body.values.category);
  return ok({ id: 1, ...body }, 201);
}

/** What a test may do from outside, like a person in the sandbox or the admin. */
function controlRoutes(world, parts, body) {
  if (parts[0] === "deals" && parts.length === 1) {
    const deal = {
      ...DEALS[0],
      name: body.name,
      category: body.category ?? "Furniture",
      key: `deal-${DEALS.length + 1}`,
    };
    DEALS.push(deal);
    if (!KNOWN.includes(deal.category)) world.missing.add(deal.category);
    return ok(deal, 201);
  }
  if (parts[0] === "deals" && parts[2] === "move") {
    const deal = DEALS.find((one) => one.key === parts[1]);
    if (deal === undefined) return missing();
    if (body?.stage === "Closed Won" || body?.stage === "Won") world.start(deal);
    return ok(deal);
  }
  if (parts[0] === "forget") {
    world.runs.clear();
    world.failures.clear();
    return ok({});
  }
  return missing();
}

function sessionRoutes(method, context, body) {
  if (method === "GET") return ok(sessionBody(context.signedIn, context));
  if (method === "DELETE") return { status: 204, body: null, signedIn: false };
  const right = body?.username === USER.username && body?.password === USER.password;
  if (!right) return problem(400, "sign_in_refused", "Sign-in refused");
  return { ...ok(sessionBody(true, context)), signedIn: true };
}

/**
 * Answer one request: `{status, body, signedIn?}`. `context`: `{signedIn, wsUrl, sandboxUrl}`.
 * Paths under `/api/v1/` are the product's, `/api/deals…` the sandbox's control API.
 */
export function handle(world, { method, url, body }, context) {
  const { pathname, searchParams } = new URL(url, "http://mock");
  const parts = pathname
    .replace(/^\/api\/(v1\/)?/, "")
    .split("/")
    .filter(Boolean);
  if (!pathname.startsWith("/api/v1/")) return controlRoutes(world, parts, body);
  const [root, ...rest] = parts;
  if (root === "session") return sessionRoutes(method, context, body);
  if (!context.signedIn) return problem(401, "sign_in", "Sign in");
  const routes = {
    catalogue: () => ok(CATALOGUE),
    flows: () => flowRoutes(world, rest),
    runs: () => runRoutes(world, rest, searchParams, body),
    failures: () => failureRoutes(world, rest, body, searchParams),
    approvals: () => approvalRoutes(world, rest, body, searchParams),
    endpoints: () => endpointRoutes(world, rest, body),
    notices: () => ok(world.notices),
    connections: () => tryConnection(world, rest[0]),
    effects: () => (world.effects.has(Number(rest[0])) ? ok(world.effects.get(Number(rest[0]))) : missing()),
    "mapping-tables": () => addRow(world, body),
  };
  return routes[root]?.() ?? missing();
}

/** The first message of a topic, and how to go on: what the socket sends. */
export function snapshot(world, topic) {
  const [kind, key] = topic.split(":");
  if (kind === "run") return world.runs.has(Number(key)) ? timeline(world.runs.get(Number(key))) : null;
  return { runs: [...world.runs.values()].reverse().slice(0, 20).map(runShape) };
}

export { stepShape };
