import { request } from "~/api/client";
import type { Endpoint, Json, Run } from "~/api/types";

/** What operators see and do about the engine: waits, lanes, notices, giving up, skipping, pausing. */

export type WaitKind =
  | "turn"
  | "quiet"
  | "room"
  | "alone"
  | "time"
  | "retry"
  | "silent"
  | "place"
  | "rate"
  | "reconnect"
  | "effect"
  | "approval"
  | "agent"
  | "person"
  | "set_aside";

/** What a run waits for; of the numbers the one that leads to it is set. */
export type Waits = {
  kind: WaitKind;
  sentence: string;
  until: string | null;
  run: number | null;
  connection: number | null;
  effect: number | null;
  approval: number | null;
};

export type Lane = {
  id: number;
  key: string;
  place: number;
  holder: number | null;
  ahead: number;
  behind: number;
  sentence: string;
};

export type NoticeKind = "stalled" | "not_answering" | "reconnect" | "slow_down" | "set_aside" | "paused";

export type Notice = {
  kind: NoticeKind;
  name: string;
  sentence: string;
  since: string | null;
  until: string | null;
  waiting: number;
  connection: number | null;
  endpoint: number | null;
  flow: string;
  environment: string;
};

export type Skippable = { path: string; node: string; name: string; ports: string[]; sentence: string };
export type Skip = { reason: string; output: Json; port: string };

export const listNotices = (environment: string) =>
  request<Notice[]>("GET", "/notices/", { query: { environment } });
export const tryConnection = (id: number) =>
  request<{ ok: boolean; problem?: { sentence: string } }>("POST", `/connections/${id}/test/`, { body: {} });

export const giveUpRun = (run: number, reason: string) =>
  request<Run>("POST", `/runs/${run}/give-up/`, { body: { reason } });
export const giveUpFailure = (failure: number, reason: string) =>
  request<{ given_up: number }>("POST", `/failures/${failure}/give-up/`, { body: { reason } });
export const getSkippable = (run: number) => request<Skippable>("GET", `/runs/${run}/skip/`);
export const skipStep = (run: number, skip: Skip) =>
  request<Run>("POST", `/runs/${run}/skip/`, { body: skip });

export const pauseEndpoint = (id: number, reason: string) =>
  request<Endpoint>("POST", `/endpoints/${id}/pause/`, { body: { reason } });
export const resumeEndpoint = (id: number) =>
  request<Endpoint>("POST", `/endpoints/${id}/resume/`, { body: {} });
