import { useDisclosure } from "@mantine/hooks";
import { Coins, History, RotateCcw, SearchCheck, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import { useRetryFailure } from "~/api/queries/failures";
import type { FailureDetail } from "~/api/types";
import styles from "~/features/failures/Failures.module.css";
import { formatMoney } from "~/model/format";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { toast } from "~/ui/toast";

/** Retry all runs of a group, after saying what that does. */
export function RetryGroup({ failure }: { failure: FailureDetail }) {
  const { t } = useTranslation(["failures", "common"]);
  const [opened, dialog] = useDisclosure(false);
  const retry = useRetryFailure(failure.id);
  const count = failure.open;
  const go = () =>
    retry.mutate("step", {
      onSuccess: ({ retried, skipped }) =>
        toast(
          "ok",
          t("retry.done", { count: retried }),
          skipped.length > 0 ? t("retry.skipped", { count: skipped.length }) : "",
        ),
      onError: (error) => toast("bad", isProblem(error) ? error.message : t("retry.button", { count })),
      onSettled: dialog.close,
    });
  const footer = (
    <>
      <Button onClick={dialog.close}>{t("common:cancel")}</Button>
      <Button tone="primary" busy={retry.isPending} onClick={go}>
        {t("retry.button", { count })}
      </Button>
    </>
  );
  return (
    <>
      <Button tone="primary" onClick={dialog.open}>
        <RotateCcw size={14} aria-hidden />
        {t("retry.button", { count })}
      </Button>
      <Dialog title={t("retry.title", { count })} opened={opened} onClose={dialog.close} footer={footer}>
        <p className="t2">{t("retry.lead")}</p>
        <ul className={styles.plan}>
          <li>
            <History size={16} aria-hidden />
            {t("retry.reused")}
          </li>
          <li>
            <ShieldCheck size={16} aria-hidden />
            {t("retry.confirmed")}
          </li>
          <li>
            <SearchCheck size={16} aria-hidden />
            {t("retry.unknown")}
          </li>
          {failure.money.length > 0 && (
            <li>
              <Coins size={16} aria-hidden />
              {t("retry.money", { money: failure.money.map(formatMoney).join(", ") })}
            </li>
          )}
        </ul>
      </Dialog>
    </>
  );
}
