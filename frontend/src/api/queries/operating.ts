import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  getSkippable,
  giveUpFailure,
  giveUpRun,
  listNotices,
  pauseEndpoint,
  resumeEndpoint,
  type Skip,
  skipStep,
  tryConnection,
} from "~/api/operating";

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
