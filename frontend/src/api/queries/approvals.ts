import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { decideApproval, getApproval, listApprovals } from "~/api/endpoints";
import type { Approval, Decided, Run } from "~/api/types";

export type Shown = "waiting" | "decided" | "ended";

const STATES: Record<Shown, string> = {
  waiting: "waiting",
  decided: "approved,rejected",
  ended: "expired,withdrawn",
};

export function useApprovals(environment: string, shown: Shown = "waiting") {
  return useInfiniteQuery({
    queryKey: ["approvals", "list", environment, shown],
    queryFn: ({ pageParam }) => listApprovals({ environment, state: STATES[shown] }, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 10_000,
  });
}

/** How many questions wait for whoever is signed in. */
export function useMyApprovals(environment: string): number {
  const pages = useApprovals(environment).data?.pages ?? [];
  return pages.flatMap((page) => page.results).filter((one) => one.may_decide).length;
}

export function useApproval(id: number) {
  return useQuery({ queryKey: ["approvals", id], queryFn: () => getApproval(id), refetchInterval: 10_000 });
}

/** The open questions of a run that waits; asked for only while it does. */
export function useQuestionsOf(run: Run): Approval[] {
  const waits = run.state === "parked" && run.reason === "waiting";
  const query = useQuery({
    queryKey: ["approvals", "run", run.id, run.state],
    queryFn: () => listApprovals({ run: String(run.id), state: "waiting" }),
    enabled: waits,
  });
  return waits ? (query.data?.results ?? []) : [];
}

export function useDecideApproval(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (decision: Decided) => decideApproval(id, decision),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["approvals"] }),
        client.invalidateQueries({ queryKey: ["runs"] }),
      ]),
  });
}
