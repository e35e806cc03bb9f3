import { useCallback } from "react";
import { useSearchParams } from "react-router";
import { focusNode } from "~/features/canvas/focusNode";

/** The open step is part of the address: `?step=invoice`. Closing gives the focus back to its node. */
export function useStepParam(): { step: string | null; open: (node: string) => void; close: () => void } {
  const [params, setParams] = useSearchParams();
  const step = params.get("step");
  const open = useCallback((node: string) => setParams({ step: node }, { replace: true }), [setParams]);
  const close = useCallback(() => {
    setParams({}, { replace: true });
    if (step !== null) requestAnimationFrame(() => focusNode(document.body, step));
  }, [setParams, step]);
  return { step, open, close };
}
