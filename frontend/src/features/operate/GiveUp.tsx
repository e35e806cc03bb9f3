import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import { useGiveUp, useGiveUpFailure } from "~/api/queries/operating";
import type { FailureDetail, Run } from "~/api/types";
import { ReasonDialog } from "~/features/operate/ReasonDialog";
import { useRunTitle } from "~/features/runs/useRunTitle";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";

type Props = { run: Run; opened: boolean; onClose: () => void };

/** End one run as failed, with a reason. */
export function GiveUpDialog({ run, opened, onClose }: Props) {
  const { t } = useTranslation("operate");
  const title = useRunTitle();
  const giveUp = useGiveUp(run.id);
  const go = (reason: string) =>
    giveUp.mutate(reason, {
      onSuccess: () => toast("ok", t("giveUp.done", { id: run.id })),
      onError: (error) => {
        if (isProblem(error, "not_parked")) toast("ok", t("gone"));
        else toast("bad", isProblem(error) ? error.message : t("giveUp.button"));
      },
      onSettled: onClose,
    });
  return (
    <ReasonDialog
      danger
      title={t("giveUp.title", { title: title(run) })}
      act={t("giveUp.button")}
      opened={opened}
      busy={giveUp.isPending}
      onClose={onClose}
      onAct={go}
    >
      <p className="t2">{t("giveUp.help")}</p>
    </ReasonDialog>
  );
}

/** End every run that waits on a failure as failed, with one reason. */
export function GiveUpGroup({ failure }: { failure: FailureDetail }) {
  const { t } = useTranslation("operate");
  const [opened, dialog] = useDisclosure(false);
  const giveUp = useGiveUpFailure(failure.id);
  const count = failure.open;
  const go = (reason: string) =>
    giveUp.mutate(reason, {
      onSuccess: ({ given_up }) => toast("ok", t("giveUp.groupDone", { count: given_up })),
      onError: (error) => toast("bad", isProblem(error) ? error.message : t("giveUp.button")),
      onSettled: dialog.close,
    });
  return (
    <>
      <Button tone="ghost" onClick={dialog.open}>
        {t("giveUp.item")}
      </Button>
      <ReasonDialog
        danger
        title={t("giveUp.groupTitle", { count })}
        act={t("giveUp.group", { count })}
        opened={opened}
        busy={giveUp.isPending}
        onClose={dialog.close}
        onAct={go}
      >
        <p className="t2">{t("giveUp.help")}</p>
      </ReasonDialog>
    </>
  );
}
