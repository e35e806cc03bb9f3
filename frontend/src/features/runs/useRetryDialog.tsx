import { type ReactNode, useCallback, useState } from "react";
import type { FlowGraph, Run } from "~/api/types";
import { RetryDialog } from "~/features/runs/RetryDialog";

/** The retry dialog of a run, and the way to open it. */
export function useRetryDialog(run: Run | null, graph: FlowGraph): { show: () => void; dialog: ReactNode } {
  const [opened, setOpened] = useState(false);
  const show = useCallback(() => setOpened(true), []);
  const close = useCallback(() => setOpened(false), []);
  const dialog =
    run === null ? null : <RetryDialog run={run} graph={graph} opened={opened} onClose={close} />;
  return { show, dialog };
}
