import { useEffect, useState } from "react";
import type { Run } from "~/api/types";
import { isOver } from "~/model/overlay";

/**
 * Which run the canvas shows. A run that starts while the page is open is followed by itself; so is one that was
 * going on when it opened. A finished one stays until the next begins or the reader puts it away.
 */
export function useFollowed(runs: Run[] | null): { followed: number | null; leave: () => void } {
  const [followed, setFollowed] = useState<number | null>(null);
  const [left, setLeft] = useState(0);
  const [newestAtStart, setNewestAtStart] = useState<number | null>(null);

  useEffect(() => {
    if (runs === null) return;
    const start = newestAtStart ?? runs[0]?.id ?? 0;
    if (newestAtStart === null) setNewestAtStart(start);
    const busy = runs.some((run) => run.id === followed && !isOver(run) && run.state !== "parked");
    const next = runs.find(
      (run) => run.id > Math.max(start, left) || (run.id > left && run.state === "running"),
    );
    if (next !== undefined && next.id !== followed && !busy && next.id > (followed ?? 0))
      setFollowed(next.id);
  }, [runs, followed, left, newestAtStart]);

  const leave = () => {
    setLeft(followed ?? 0);
    setFollowed(null);
  };
  return { followed, leave };
}
