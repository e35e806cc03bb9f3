import { useQuery } from "@tanstack/react-query";
import { getFlow, listEndpoints, listFlows } from "~/api/endpoints";

export function useFlows() {
  return useQuery({ queryKey: ["flows"], queryFn: listFlows, refetchInterval: 10_000 });
}

/** A flow's name by its key; the key itself until it is known. */
export function useFlowName(): (key: string) => string {
  const { data } = useFlows();
  return (key) => data?.results.find((flow) => flow.key === key)?.name ?? key;
}

export function useFlow(key: string) {
  return useQuery({ queryKey: ["flows", key], queryFn: () => getFlow(key) });
}

/** How a flow starts in an environment: the endpoint that is open there, null when there is none. */
export function useStart(key: string, environment: string) {
  return useQuery({
    queryKey: ["endpoints", key, environment],
    queryFn: async () => (await listEndpoints(key, environment)).results.find((one) => one.active) ?? null,
    refetchInterval: 15_000,
  });
}
