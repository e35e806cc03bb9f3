import { useDisclosure } from "@mantine/hooks";
import { CirclePause, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import { usePause } from "~/api/queries/operating";
import type { Endpoint } from "~/api/types";
import { ReasonDialog } from "~/features/operate/ReasonDialog";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";

/** Have a poll or a schedule rest, with a reason, or go on. */
export function Pause({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("operate");
  const [opened, dialog] = useDisclosure(false);
  const change = usePause(endpoint.id);
  const rests = endpoint.paused_at !== null;
  const go = (reason: string | null) =>
    change.mutate(reason, {
      onSuccess: () => toast("ok", t(reason === null ? "pause.resumed" : "pause.done")),
      onError: (error) => toast("bad", isProblem(error) ? error.message : t("pause.button")),
      onSettled: dialog.close,
    });
  return (
    <>
      <Button dense tone="ghost" busy={change.isPending} onClick={rests ? () => go(null) : dialog.open}>
        {rests ? <Play size={14} aria-hidden /> : <CirclePause size={14} aria-hidden />}
        {t(rests ? "pause.resume" : "pause.button")}
      </Button>
      <ReasonDialog
        title={t("pause.title")}
        act={t("pause.button")}
        opened={opened}
        busy={change.isPending}
        onClose={dialog.close}
        onAct={go}
      >
        <p className="t2">
          {t(endpoint.kind === "poll" ? "pause.poll" : "pause.schedule")} {t("pause.runs")}
        </p>
      </ReasonDialog>
    </>
  );
}
