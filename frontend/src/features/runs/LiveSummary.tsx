import { useTranslation } from "react-i18next";
import { useRunWords } from "~/features/runs/RunState";
import { tally } from "~/model/overlay";
import { useRunStore } from "~/stores/runStore";

const NO_RUN = { state: "queued", reason: "", result: "" } as const;

/** What screen readers hear while a run goes on. */
export function LiveSummary() {
  const { t } = useTranslation("canvas");
  const run = useRunStore((s) => s.run);
  const graph = useRunStore((s) => s.graph);
  const overlay = useRunStore((s) => s.overlay);
  const words = useRunWords(run ?? NO_RUN);
  const text = run && graph ? `${words.label}. ${t("aria.progress", tally(graph, overlay))}` : "";
  return (
    <div className="sr-only" aria-live="polite" data-testid="live-summary">
      {text}
    </div>
  );
}
