import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRun } from "~/api/endpoints";
import {
  getSkippable,
  giveUpFailure,
  giveUpRun,
  type Lane,
  listNotices,
  pauseEndpoint,
  resumeEndpoint,
  type Skip,
  skipStep,
  tryConnection,
} from "~/api/operating";
import type { Run } from "~/api/types";
import { isOver } from "~/model/overlay";

function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all(
      [["runs"], ["failures"], ["notices"], ["endpoints"]].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
}

export function useNotices(environment: string) {
  return useQuery({
    queryKey: ["notices", environment],
    queryFn: () => listNotices(environment),
    refetchInterval: 15_000,
  });
}

/**
 * A run as it stands now among others: who is in front of it and what it waits for change without a change of its own, so
 * while it waits in a lane it is asked for again.
 */
export function useStanding(run: Run, known: Lane | null): { run: Run; lane: Lane | null } {
  const waits = known !== null && !isOver(run);
  const { data } = useQuery({
    queryKey: ["runs", run.id, "standing", run.state, run.reason],
    queryFn: () => getRun(run.id),
    enabled: waits,
    refetchInterval: 10_000,
  });
  if (!waits || data === undefined) return { run, lane: waits ? known : null };
  const same = data.state === run.state && data.reason === run.reason;
  return { run: same ? { ...run, waits_for: data.waits_for } : run, lane: data.lane };
}

export function useTryConnection(id: number) {
  return useMutation({ mutationFn: () => tryConnection(id), onSettled: useRefresh() });
}

export function useGiveUp(run: number) {
  return useMutation({ mutationFn: (reason: string) => giveUpRun(run, reason), onSettled: useRefresh() });
}

export function useGiveUpFailure(id: number) {
  return useMutation({ mutationFn: (reason: string) => giveUpFailure(id, reason), onSettled: useRefresh() });
}

/** Whether the step the run waits at may be skipped; the error says why not. */
export function useSkippable(run: number, enabled: boolean) {
  return useQuery({
    queryKey: ["runs", run, "skip"],
    queryFn: () => getSkippable(run),
    enabled,
    retry: false,
    staleTime: 0,
  });
}

export function useSkip(run: number) {
  return useMutation({ mutationFn: (skip: Skip) => skipStep(run, skip), onSettled: useRefresh() });
}

export function usePause(endpoint: number) {
  return useMutation({
    mutationFn: (reason: string | null) =>
      reason === null ? resumeEndpoint(endpoint) : pauseEndpoint(endpoint, reason),
    onSettled: useRefresh(),
  });
}
