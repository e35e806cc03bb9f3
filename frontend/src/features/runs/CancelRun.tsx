import { useDisclosure } from "@mantine/hooks";
import { Ban } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import { useCancelRun } from "~/api/queries/runs";
import type { Run } from "~/api/types";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { toast } from "~/ui/toast";

/** End a run that isn't over, after saying what that means. */
export function CancelRun({ run }: { run: Run }) {
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
