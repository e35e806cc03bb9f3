import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import {
  decideRun,
  getFailure,
  listFailures,
  type RetryMode,
  retryFailure,
  settleFailure,
} from "~/api/endpoints";
import type { Decision, FailureState } from "~/api/types";

export function useFailures(environment: string, state: FailureState = "open") {
  return useInfiniteQuery({
    queryKey: ["failures", "list", environment, state],
    queryFn: ({ pageParam }) => listFailures(environment, state, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
}

export function useFailure(id: number) {
  return useQuery({ queryKey: ["failures", id], queryFn: () => getFailure(id), refetchInterval: 10_000 });
}

function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["failures"] }),
      client.invalidateQueries({ queryKey: ["runs"] }),
    ]);
}

export function useRetryFailure(id: number) {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (mode: RetryMode) => retryFailure(id, mode), onSettled: refresh });
}

export function useDecide(run: number) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (act: { decision: Decision; reason: string }) => decideRun(run, act.decision, act.reason),
    onSettled: refresh,
  });
}

export function useSettleFailure(id: number) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (act: { act: "resolve" | "ignore"; note: string }) => settleFailure(id, act.act, act.note),
    onSettled: refresh,
  });
}
