import { useQuery } from "@tanstack/react-query";
import { getFlow, listFlows } from "~/api/endpoints";

export function useFlows() {
  return useQuery({ queryKey: ["flows"], queryFn: listFlows, refetchInterval: 10_000 });
}

export function useFlow(key: string) {
  return useQuery({ queryKey: ["flows", key], queryFn: () => getFlow(key) });
}
