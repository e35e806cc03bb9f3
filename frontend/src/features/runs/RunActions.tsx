import { useClipboard } from "@mantine/hooks";
import { Check, Link2, RotateCcw } from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Run } from "~/api/types";
import { isOver } from "~/model/overlay";
import { Button } from "~/ui/Button";

const CancelRun = lazy(async () => ({ default: (await import("~/features/runs/CancelRun")).CancelRun }));
const MoreMenu = lazy(async () => ({ default: (await import("~/features/operate/MoreMenu")).MoreMenu }));

/** What can be done with a run, by its state. */
export function RunActions({ run, retry }: { run: Run; retry: () => void }) {
  const { t } = useTranslation(["runs", "common"]);
  const { copied, copy } = useClipboard({ timeout: 1500 });
  return (
    <>
      <Button dense tone="ghost" onClick={() => copy(window.location.href)}>
        {copied ? <Check size={14} aria-hidden /> : <Link2 size={14} aria-hidden />}
        {copied ? t("common:copied") : t("common:copyLink")}
      </Button>
      {run.state === "parked" && (
        <Suspense>
          <MoreMenu run={run} />
        </Suspense>
      )}
      {!isOver(run) && (
        <Suspense>
          <CancelRun run={run} />
        </Suspense>
      )}
      {run.state === "parked" && (
        <Button dense tone="primary" onClick={retry}>
          <RotateCcw size={14} aria-hidden />
          {t("retry.button")}
        </Button>
      )}
    </>
  );
}
