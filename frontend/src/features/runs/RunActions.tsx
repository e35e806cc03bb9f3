import { useClipboard, useDisclosure } from "@mantine/hooks";
import { Ban, Check, Link2, RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import { useCancelRun } from "~/api/queries/runs";
import type { Run } from "~/api/types";
import { MoreMenu } from "~/features/operate/MoreMenu";
import { isOver } from "~/model/overlay";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { toast } from "~/ui/toast";

function CancelRun({ run }: { run: Run }) {
  const { t } = useTranslation("runs");
  const [opened, dialog] = useDisclosure(false);
  const cancel = useCancelRun(run.id);
  const go = () =>
    cancel.mutate(undefined, {
      onError: (error) => toast("bad", isProblem(error) ? error.message : t("cancel.button")),
      onSettled: dialog.close,
    });
  const footer = (
    <>
      <Button onClick={dialog.close}>{t("cancel.keep")}</Button>
      <Button tone="danger" busy={cancel.isPending} onClick={go}>
        {t("cancel.button")}
      </Button>
    </>
  );
  return (
    <>
      <Button dense tone="ghost" onClick={dialog.open}>
        <Ban size={14} aria-hidden />
        {t("cancel.button")}
      </Button>
      <Dialog title={t("cancel.title")} opened={opened} onClose={dialog.close} footer={footer}>
        <p className="t2">{t("cancel.help")}</p>
      </Dialog>
    </>
  );
}

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
      {run.state === "parked" && <MoreMenu run={run} />}
      {!isOver(run) && <CancelRun run={run} />}
      {run.state === "parked" && (
        <Button dense tone="primary" onClick={retry}>
          <RotateCcw size={14} aria-hidden />
          {t("retry.button")}
        </Button>
      )}
    </>
  );
}
