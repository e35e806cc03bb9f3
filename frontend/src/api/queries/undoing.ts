import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { askToUndo, getCompensation } from "~/api/undoing";

/** Read from the far system each time it is opened: it says what undoing would do now. */
export function useCompensation(effect: number, enabled: boolean) {
  return useQuery({
    queryKey: ["effects", effect, "compensation"],
    queryFn: () => getCompensation(effect),
    enabled,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}

export function useUndo(effect: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: { reason: string; seen: string }) => askToUndo(effect, asked.reason, asked.seen),
    onSettled: () => client.invalidateQueries({ queryKey: ["effects"] }),
  });
}
