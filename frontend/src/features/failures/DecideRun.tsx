import { useEffectDetail } from "~/api/queries/runs";
import type { FailureDetail, Run } from "~/api/types";
import { Decide } from "~/features/failures/Decide";

type Props = { run: Run; failure: FailureDetail; unknown: boolean };

/** The decision about one waiting run; crediting is offered where what was made says how. */
export function DecideRun({ run, failure, unknown }: Props) {
  const effect = failure.info.effect;
  return typeof effect === "number" && !unknown ? (
    <DecideEffect run={run} effect={effect} />
  ) : (
    <Decide run={run} unknown={unknown} />
  );
}

function DecideEffect({ run, effect }: { run: Run; effect: number }) {
  const { data } = useEffectDetail(effect);
  return <Decide run={run} credit={(data?.undo ?? null) !== null} />;
}
