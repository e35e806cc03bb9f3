import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";
import type { FlowGraph, Run } from "~/api/types";

const RetryDialog = lazy(() => import("~/features/runs/RetryDialog"));

/** The retry dialog of a run, and the way to open it. */
export function useRetryDialog(run: Run | null, graph: FlowGraph): { show: () => void; dialog: ReactNode } {
  const [opened, setOpened] = useState(false);
  const [asked, setAsked] = useState(false);
  const show = useCallback(() => {
    setAsked(true);
    setOpened(true);
  }, []);
  const close = useCallback(() => setOpened(false), []);
  const dialog =
    run === null || !asked ? null : (
      <Suspense>
        <RetryDialog run={run} graph={graph} opened={opened} onClose={close} />
      </Suspense>
    );
  return { show, dialog };
}
