import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import {
  cancelRun,
  getEffect,
  getRetryPlan,
  getRun,
  getStep,
  listItems,
  listRuns,
  type RetryMode,
  type RunFilter,
  retryRun,
} from "~/api/endpoints";

export function useRuns(filter: RunFilter) {
  return useInfiniteQuery({
    queryKey: ["runs", "list", filter],
    queryFn: ({ pageParam }) => listRuns(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
}

export function useRecentRuns(filter: RunFilter, limit: number) {
  return useQuery({
    queryKey: ["runs", "recent", filter, limit],
    queryFn: () => listRuns(filter, null, limit),
    refetchInterval: 5_000,
  });
}

export function useRun(id: number) {
  return useQuery({ queryKey: ["runs", id], queryFn: () => getRun(id) });
}

/** One step's data. `mark` changes whenever the step moves on, so that what is shown is never old. */
export function useStep(run: number, path: string, mark: string) {
  return useQuery({
    queryKey: ["runs", run, "step", path, mark],
    queryFn: () => getStep(run, path),
    enabled: path !== "",
    placeholderData: (before) => (before?.path === path ? before : undefined),
  });
}

/** The steps of one node, page by page: those of a loop's items. */
export function useItems(run: number, node: string) {
  return useInfiniteQuery({
    queryKey: ["runs", run, "items", node],
    queryFn: ({ pageParam }) => listItems(run, node, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export function useEffectDetail(id: number) {
  return useQuery({ queryKey: ["effects", id], queryFn: () => getEffect(id) });
}

export function useRetryPlan(run: number, enabled: boolean) {
  return useQuery({
    queryKey: ["runs", run, "plan"],
    queryFn: () => getRetryPlan(run),
    enabled,
    staleTime: 0,
  });
}

export function useRetryRun(run: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (mode: RetryMode) => retryRun(run, mode),
    onSettled: () => client.invalidateQueries({ queryKey: ["runs"] }),
  });
}

export function useCancelRun(run: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => cancelRun(run),
    onSettled: () => client.invalidateQueries({ queryKey: ["runs"] }),
  });
}
