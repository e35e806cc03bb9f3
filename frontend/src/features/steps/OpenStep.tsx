import { type ComponentProps, lazy, Suspense } from "react";

const StepPanel = lazy(() => import("~/features/steps/StepPanel"));

/** The step panel, fetched when the first step is opened. */
export function OpenStep(props: ComponentProps<typeof StepPanel>) {
  return (
    <Suspense>
      <StepPanel {...props} />
    </Suspense>
  );
}
