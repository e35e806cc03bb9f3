/** A small Interlock in memory: runs that go through the template flow step by step, as fast as it is told to. */

import { DEALS, FLOW, GRAPH, stepData } from "./fixture.mjs";

const ORDER = Object.keys(GRAPH.nodes);
const TOOK = {
  won: 12,
  deal: 182,
  is_won: 3,
  contact: 141,
  organization: 120,
  customer: 460,
  lines: 4,
  invoice: 980,
  write_back: 164,
};
const WRITES = { customer: "contact", invoice: "sales_invoice", write_back: "box" };
const DAY = 86_400_000;

export class World {
  /** `pace`: milliseconds a step stays visible; 0 = only `settle()` moves runs. */
  constructor({ pace = 500, now = () => Date.now(), seeded = true } = {}) {
    this.pace = pace;
    this.now = now;
    this.runs = new Map();
    this.failures = new Map();
    this.effects = new Map();
    this.approvals = new Map();
    this.endpoints = [
      {
        id: 1,
        flow: "closed-won-to-invoice",
        environment: "dev",
        node: "won",
        kind: "webhook",
        active: true,
        poll: null,
        schedule: null,
        paused_at: null,
        paused_by: "",
        paused_why: "",
      },
    ];
    this.notices = [];
    this.missing = new Set(["Lighting"]);
    this.listeners = new Set();
    this.nextRun = 1;
    this.nextInvoice = 12;
    if (seeded) this.seed();
  }

  seed() {
    const hours = [22, 20, 15, 9, 6, 5, 3, 2];
    hours.forEach((ago, index) => {
      const run = this.start(DEALS[[0, 2, 3, 0][index % 4]], {
        at: this.now() - ago * 3_600_000,
        quiet: true,
      });
      this.settle(run.id);
    });
    this.settle(this.start(DEALS[1], { at: this.now() - 1_500_000, quiet: true }).id);
  }

  iso(ms = this.now()) {
    return new Date(ms).toISOString();
  }

  start(deal, { at = this.now(), environment = "dev", quiet = false } = {}) {
    const id = this.nextRun++;
    const run = {
      id,
      flow: { key: FLOW.key, name: FLOW.name },
      environment,
      release: 3,
      state: "queued",
      reason: "",
      result: "",
      title: deal.name,
      amount: null,
      queued_at: this.iso(at),
      started_at: null,
      ended_at: null,
      due_at: null,
      ms: null,
      failure: null,
      event: id,
      retry_of: null,
      waits_for: null,
      lane: null,
      seq: 0,
      steps: new Map(),
      deal,
      clock: at,
      paced: !quiet,
    };
    this.runs.set(id, run);
    if (!quiet) this.tell(run, []);
    if (!quiet && this.pace > 0) setTimeout(() => this.turn(id), this.pace / 2);
    return run;
  }

  /** A run stops with a question to a person. */
  ask(id, change = {}) {
    const run = this.runs.get(id);
    Object.assign(run, { state: "parked", reason: "waiting", result: "", ended_at: null, ms: null });
    const one = {
      id: this.approvals.size + 1,
      title: `Invoice ${run.title}?`,
      state: "waiting",
      role: "operator",
      environment: run.environment,
      flow: run.flow,
      run: run.id,
      run_title: run.title,
      path: "ask",
      asked_at: this.iso(),
      expires_at: null,
      decided_by: "",
      decided_at: null,
      may_decide: true,
      message: "The discount is more than usual.",
      form: {
        required: ["discount"],
        properties: {
          ship: { title: "Ship now", type: "boolean", "x-order": 3 },
          discount: { title: "Discount", type: "string", format: "decimal", "x-order": 1 },
          terms: { title: "Terms", type: "string", enum: ["net 14", "net 30"], "x-order": 2 },
        },
      },
      answer: null,
      note: "",
      ...change,
    };
    this.approvals.set(one.id, one);
    return one;
  }

  /** The decision is written and the run goes on to its end. */
  decide(one, { approve, answer, note }, by) {
    Object.assign(one, {
      state: approve ? "approved" : "rejected",
      decided_by: by,
      decided_at: this.iso(),
      may_decide: false,
      answer,
      note,
    });
    this.end(this.runs.get(one.run), "succeeded", approve ? "delivered" : "filtered");
  }

  step(run, node, change) {
    const before = run.steps.get(node) ?? {
      path: node,
      node,
      attempt: 1,
      port: null,
      problem: null,
      effect: null,
      next_at: null,
      started_at: null,
      ended_at: null,
      ms: null,
    };
    const step = { ...before, ...change };
    run.steps.set(node, step);
    run.seq += 1;
    step.seq = run.seq;
    return step;
  }

  time(run) {
    return run.paced ? this.now() : run.clock;
  }

  /** Begin the next step, or finish the one that runs. Returns whether there is more to do. */
  advance(run) {
    if (run.state === "queued") {
      run.state = "running";
      run.started_at ??= this.iso(this.time(run));
    }
    if (run.state !== "running") return false;
    const open = [...run.steps.values()].find((step) => step.state === "begun");
    if (open) return this.finish(run, open);
    const node = ORDER.find((id) => run.steps.get(id)?.state !== "done");
    if (node === undefined) return this.end(run, "succeeded", "delivered");
    const again = run.steps.get(node)?.state === "fail";
    const attempt = (run.steps.get(node)?.attempt ?? 1) + (again ? 1 : 0);
    this.tell(run, [
      this.step(run, node, {
        state: "begun",
        attempt,
        started_at: this.iso(this.time(run)),
        ended_at: null,
        ms: null,
        problem: null,
      }),
    ]);
    return true;
  }

  finish(run, open) {
    const took = run.paced ? Math.max(1, this.now() - Date.parse(open.started_at)) : TOOK[open.node];
    run.clock += TOOK[open.node];
    const ended = this.iso(run.paced ? this.now() : Date.parse(open.started_at) + took);
    if (open.node === "lines" && this.missing.has(run.deal.category))
      return this.park(run, open, ended, took);
    const effect = WRITES[open.node] ? this.effect(run, open.node) : null;
    if (open.node === "deal")
      run.amount = { amount: (Number(run.deal.net) + Number(run.deal.tax)).toFixed(2), currency: "GBP" };
    const step = this.step(run, open.node, {
      state: "done",
      ended_at: ended,
      ms: took,
      port: "main",
      effect,
    });
    if (open.node === ORDER.at(-1)) return this.end(run, "succeeded", "delivered", [step]);
    this.tell(run, [step]);
    return true;
  }

  park(run, open, ended, ms) {
    const problem = {
      kind: "table_miss",
      code: "table_miss",
      sentence: `No row for “${run.deal.category}” in Product category → GL account`,
      pointer: "/lines/0/nominal_code",
    };
    const step = this.step(run, open.node, { state: "fail", ended_at: ended, ms, problem });
    run.state = "parked";
    run.reason = "person";
    run.failure = this.failure(run, problem);
    this.tell(run, [step]);
    return false;
  }

  failure(run, problem) {
    const known = [...this.failures.values()].find(
      (f) => f.sentence === problem.sentence && f.environment === run.environment,
    );
    if (known) {
      known.state = "open";
      known.last_at = this.iso(this.time(run));
      return known.id;
    }
    const id = this.failures.size + 1;
    const at = this.iso(this.time(run));
    this.failures.set(id, {
      id,
      state: "open",
      ...problem,
      connector: "",
      operation: "",
      node: "lines",
      flow: FLOW.key,
      environment: run.environment,
      first_at: at,
      last_at: at,
      verdict: "data",
      owner: null,
      note: "",
      info: { table: "product_gl", key: [run.deal.category], column: "account" },
    });
    return id;
  }

  effect(run, node) {
    const id = this.effects.size + 1;
    const { input, output } = stepData(node, run.deal, this.nextInvoice);
    if (node === "invoice") run.invoice = this.nextInvoice++;
    this.effects.set(id, {
      id,
      account: node === "write_back" ? "streak:team-1" : "sage50:sandbox-1",
      record: WRITES[node],
      identity: [node === "customer" ? "org-1" : run.deal.key],
      generation: 1,
      kind: node === "write_back" ? "update" : "create",
      state: "confirmed",
      strategy: node === "write_back" ? "lookup" : "native",
      operation: GRAPH.nodes[node].config.operation,
      far_id: output.id ?? output.box_key,
      amount: node === "invoice" ? run.amount : null,
      run: run.id,
      path: node,
      flow: FLOW.key,
      intended_at: this.iso(this.time(run)),
      settled_at: this.iso(this.time(run)),
      matched_by: "",
      note: "",
      payload_hash: "9f2c",
      keys: [run.deal.key],
      payload: input,
      result: output,
      conflict: null,
      undo: null,
      undoing: null,
    });
    return id;
  }

  end(run, state, result, steps = []) {
    run.state = state;
    run.result = result;
    run.reason = "";
    run.ended_at = this.iso(this.time(run));
    run.ms = Math.max(1, Date.parse(run.ended_at) - Date.parse(run.started_at ?? run.ended_at));
    run.seq += 1;
    this.tell(run, steps);
    return false;
  }

  turn(id) {
    const run = this.runs.get(id);
    if (run && this.advance(run) && this.pace > 0) setTimeout(() => this.turn(id), this.pace);
  }

  /** Take a run as far as it goes, at once. */
  settle(id) {
    const run = this.runs.get(id);
    while (this.advance(run));
    return run;
  }

  retry(run) {
    run.state = "queued";
    run.reason = "";
    run.seq += 1;
    const group = this.failures.get(run.failure);
    if (group && this.waiting(group).length === 0) group.state = "resolved";
    this.tell(run, []);
    if (this.pace > 0) setTimeout(() => this.turn(run.id), this.pace / 2);
  }

  waiting(group) {
    return [...this.runs.values()].filter((run) => run.failure === group.id && run.state === "parked");
  }

  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(run, steps) {
    for (const listener of this.listeners) listener(run, steps);
  }

  recent(ms = DAY) {
    return [...this.runs.values()].filter((run) => this.now() - Date.parse(run.queued_at) < ms);
  }
}

/** A run as the API shows it. */
export function runShape({ seq, steps, deal, clock, paced, invoice, ...run }) {
  return run;
}
