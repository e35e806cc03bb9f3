/** Shapes of /api/v1/ and /ws/v1/. Times are ISO 8601 UTC, money is a decimal string with its currency. */

import type { Lane, Waits } from "~/api/operating";
import type { Undoing } from "~/api/undoing";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type Money = { amount: string; currency: string };

export type Page<T> = { results: T[]; next: string | null };

export type Environment = { key: string; name: string; order: number; live: boolean };

export type User = { id: number; name: string; email: string; initials: string };

export type Session = {
  authenticated: boolean;
  user: User | null;
  roles: Record<string, string[]>;
  environments: Environment[];
  ws_url: string | null;
  public_url: string;
  version: string;
  sandbox_url: string | null;
};

export type FlowNode = {
  type: string;
  version?: number;
  name: string;
  config?: { [key: string]: Json };
  slot?: string;
  disabled?: boolean;
  body?: { nodes: Record<string, FlowNode>; edges: Record<string, FlowEdge> };
  /** The step it lies in, where a graph was flattened (model/inside). */
  inside?: string;
};

export type FlowEdge = { from: [node: string, port: string]; to: [node: string, port: string] };

export type FlowGraph = {
  key?: string;
  nodes: Record<string, FlowNode>;
  edges: Record<string, FlowEdge>;
  settings?: { [key: string]: Json };
};

export type Point = { x: number; y: number };

/** Text on the canvas. A note that has nodes inside is drawn as their frame. */
export type NoteSpec = { text: string; x: number; y: number; w: number; h: number };

export type FlowLayout = {
  nodes?: Record<string, Point>;
  notes?: Record<string, NoteSpec>;
};

export type FlowSummary = {
  key: string;
  name: string;
  description: string;
  environments: { environment: string; release: number | null; active: boolean }[];
  version: number | null;
  nodes: number;
  last_run: { id: number; state: RunState; at: string; title: string } | null;
  runs_24h: { succeeded: number; parked: number; failed: number };
  spark: number[];
};

export type FlowDetail = FlowSummary & {
  graph: FlowGraph;
  layout: FlowLayout;
  slots: { key: string; connector: string }[];
  tables: string[];
  identity_hint: string;
};

/** Where a flow's events come in: a public address, a poll or a schedule. */
export type Endpoint = {
  id: number;
  flow: string;
  environment: string;
  node: string;
  kind: "webhook" | "poll" | "schedule";
  trigger: string;
  active: boolean;
  poll: {
    interval: number;
    next_at: string | null;
    last_ok: string | null;
    last_new: number;
    failures: number;
    note: string;
  } | null;
  schedule: { description: string; next_due: string | null; missed: number } | null;
  paused_at: string | null;
  paused_by: string;
  paused_why: string;
};

export type RunState = "queued" | "running" | "parked" | "succeeded" | "failed" | "cancelled";
export type ParkReason = "" | "retry" | "rate" | "reconnect" | "agent" | "effect" | "waiting" | "person";
export type RunResult = "" | "delivered" | "filtered" | "superseded";

export type Run = {
  id: number;
  flow: { key: string; name: string };
  environment: string;
  release: number;
  state: RunState;
  reason: ParkReason;
  result: RunResult;
  title: string;
  amount: Money | null;
  queued_at: string;
  started_at: string | null;
  ended_at: string | null;
  due_at: string | null;
  ms: number | null;
  failure: number | null;
  event: number | null;
  retry_of: number | null;
  waits_for: Waits | null;
};

export type ApprovalState = "waiting" | "approved" | "rejected" | "expired" | "withdrawn";
export type DecidingRole = "operator" | "steward" | "builder" | "releaser" | "administrator";

/** The JSON Schema of a question's answer: one level of plain fields. */
export type FormSchema = {
  properties?: Record<string, FormPart>;
  required?: string[];
};
export type FormPart = {
  title?: string;
  type?: string;
  format?: string;
  enum?: string[];
  "x-order"?: number;
  "x-help"?: string;
};

/** What a run asks a person. */
export type Approval = {
  id: number;
  title: string;
  state: ApprovalState;
  role: DecidingRole;
  environment: string;
  flow: { key: string; name: string };
  run: number;
  run_title: string;
  path: string;
  asked_at: string;
  expires_at: string | null;
  decided_by: string;
  decided_at: string | null;
  may_decide: boolean;
};

export type ApprovalDetail = Approval & {
  message: string;
  form: FormSchema;
  answer: Record<string, Json> | null;
  note: string;
};

export type Decided = { approve: boolean; answer: Record<string, Json> | null; note: string };

export type StepState = "begun" | "done" | "retry" | "wait" | "fail" | "skipped";

export type StepProblem = { kind: string; code: string; sentence: string; pointer: string };

export type Step = {
  path: string;
  node: string;
  state: StepState;
  attempt: number;
  started_at: string | null;
  ended_at: string | null;
  ms: number | null;
  port: string | null;
  problem: StepProblem | null;
  effect: number | null;
  next_at: string | null;
};

export type RunDetail = Run & {
  graph: FlowGraph;
  layout: FlowLayout;
  seq: number;
  steps: Step[];
  tallies?: Tallies;
  /** Its steps were removed: data is kept for a while after a run has ended. */
  removed?: boolean;
  lane: Lane | null;
};

/** Of a run with very many steps: node → state → how many. Empty when `steps` are all there are. */
export type Tallies = Record<string, Partial<Record<StepState, number>>>;

export type RunTimeline = { run: Run; seq: number; steps: Step[]; tallies?: Tallies };

export type Attempt = {
  attempt: number;
  state: StepState;
  started_at: string | null;
  ended_at: string | null;
  ms: number | null;
  problem: StepProblem | null;
};

export type Exchange = {
  method: string;
  url: string;
  status: number | null;
  ms: number | null;
  request: Json;
  response: Json;
  error: string | null;
};

export type EffectState = "intended" | "sent" | "confirmed" | "refused" | "unknown" | "conflict";

export type Effect = {
  id: number;
  account: string;
  record: string;
  identity: string[];
  generation: number;
  state: EffectState;
  strategy: string;
  operation: string;
  far_id: string;
  amount: Money | null;
  run: number | null;
  path: string;
  flow: string;
  intended_at: string | null;
  settled_at: string | null;
  payload_hash: string;
  matched_by?: string;
  note?: string;
  keys: string[];
};

/** `GET /effects/{id}/`: with what was meant and what came of it. */
export type EffectDetail = Effect & {
  payload: Json;
  result: Json;
  conflict: { payload: Json; payload_hash: string } | null;
  /** What undoing it is called; null when it can't be undone from here. */
  undo: string | null;
  undoing: Undoing | null;
};

export type StepDetail = {
  path: string;
  node: string;
  input: Json;
  output: Json;
  attempts: Attempt[];
  exchanges: Exchange[];
  effect: Effect | null;
};

export type RetryPlan = { reused: string[]; again: string[]; confirmed: Effect[]; unknown: Effect[] };

export type FailureState = "open" | "resolved" | "ignored";

export type FailureGroup = {
  id: number;
  state: FailureState;
  kind: string;
  code: string;
  sentence: string;
  connector: string;
  operation: string;
  node: string;
  flow: string;
  environment: string;
  count: number;
  /** Runs that wait on it now, and those that wait for their turn behind them. */
  open: number;
  blocks: number;
  first_at: string;
  last_at: string;
  money: Money[];
  verdict: "config" | "data" | "system";
  owner: string | null;
  note: string;
  pointer: string;
  info: { [key: string]: Json };
};

export type FailureDetail = FailureGroup & {
  runs: Run[];
  payloads: { confirmed: Json; intended: Json } | null;
};

export type Decision = "keep_first" | "credit_first" | "make_again" | "never_happened";

export type BulkRetry = { retried: number; skipped: { run: number; code: string }[] };

export type CatalogueOperation = { id: string; title: string; effect?: string; icon?: string };

export type Catalogue = {
  connectors: {
    id: string;
    title: string;
    operations: CatalogueOperation[];
    triggers: { id: string; title: string }[];
  }[];
  node_types: { id: string; version: number; title: string; category: string; help: string; icon: string }[];
};

export type RunFrame =
  | { topic: string; seq: number; ts: string; type: "snapshot"; data: RunTimeline }
  | { topic: string; seq: number; ts: string; type: "steps"; data: { run: Run; steps: Step[] } };

export type FlowFrame = {
  topic: string;
  seq: number;
  ts: string;
  type: "snapshot" | "runs";
  data: { runs: Run[] };
};

export type Frame = RunFrame | FlowFrame;
