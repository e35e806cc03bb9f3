import { request } from "~/api/client";
import type {
  Approval,
  ApprovalDetail,
  BulkRetry,
  Catalogue,
  Decided,
  Decision,
  EffectDetail,
  Endpoint,
  FailureDetail,
  FailureGroup,
  FlowDetail,
  FlowSummary,
  Page,
  RetryPlan,
  Run,
  RunDetail,
  RunTimeline,
  Session,
  Step,
  StepDetail,
} from "~/api/types";

export type RunFilter = {
  flow?: string;
  environment?: string;
  state?: string;
  q?: string;
  lane?: string;
};
export type RetryMode = "step" | "start";

const part = encodeURIComponent;

export const getSession = () => request<Session>("GET", "/session/");
export const signIn = (username: string, password: string) =>
  request<Session>("POST", "/session/", { body: { username, password } });
export const signOut = () => request<void>("DELETE", "/session/");

export const listFlows = () => request<Page<FlowSummary>>("GET", "/flows/");
export const getFlow = (key: string) => request<FlowDetail>("GET", `/flows/${part(key)}/`);
export const listEndpoints = (flow: string, environment: string) =>
  request<Page<Endpoint>>("GET", "/endpoints/", { query: { flow, environment } });
export const getCatalogue = () => request<Catalogue>("GET", "/catalogue/");

export const listRuns = (filter: RunFilter, cursor?: string | null, limit = 50) =>
  request<Page<Run>>("GET", "/runs/", { query: { ...filter, cursor, limit } });
export const getRun = (id: number) => request<RunDetail>("GET", `/runs/${id}/`);
export const getStep = (run: number, path: string) =>
  request<StepDetail>("GET", `/runs/${run}/steps/`, { query: { path } });
export const listItems = (run: number, node: string, cursor: string | null) =>
  request<Page<Step>>("GET", `/runs/${run}/steps/`, { query: { node, cursor } });
export const getEffect = (id: number) => request<EffectDetail>("GET", `/effects/${id}/`);
export const getTimeline = (run: number, after: number) =>
  request<RunTimeline>("GET", `/runs/${run}/timeline/`, { query: { after } });
export const getRetryPlan = (run: number) => request<RetryPlan>("GET", `/runs/${run}/retry-plan/`);
export const retryRun = (run: number, mode: RetryMode) =>
  request<Run>("POST", `/runs/${run}/retry/`, { body: { mode } });
export const decideRun = (run: number, decision: Decision, reason: string) =>
  request<Run>("POST", `/runs/${run}/decide/`, { body: { decision, reason } });
export const cancelRun = (run: number) => request<Run>("POST", `/runs/${run}/cancel/`, { body: {} });

export const listApprovals = (
  filter: { environment?: string; run?: string; state: string },
  cursor?: string | null,
) => request<Page<Approval>>("GET", "/approvals/", { query: { ...filter, cursor } });
export const getApproval = (id: number) => request<ApprovalDetail>("GET", `/approvals/${id}/`);
export const decideApproval = (id: number, decision: Decided) =>
  request<ApprovalDetail>("POST", `/approvals/${id}/decide/`, { body: decision });

export const listFailures = (environment: string, state: string, cursor?: string | null) =>
  request<Page<FailureGroup>>("GET", "/failures/", { query: { environment, state, cursor } });
export const getFailure = (id: number) => request<FailureDetail>("GET", `/failures/${id}/`);
export const retryFailure = (id: number, mode: RetryMode) =>
  request<BulkRetry>("POST", `/failures/${id}/retry/`, { body: { mode } });
export const settleFailure = (id: number, act: "resolve" | "ignore", note: string) =>
  request<FailureGroup>("POST", `/failures/${id}/${act}/`, { body: { note } });
