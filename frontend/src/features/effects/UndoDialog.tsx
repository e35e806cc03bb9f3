import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import { useCompensation, useUndo } from "~/api/queries/undoing";
import styles from "~/features/effects/Undo.module.css";
import { UndoPreview } from "~/features/effects/UndoPreview";
import { Loading, LoadProblem } from "~/ui/Blank";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { toast } from "~/ui/toast";

type Props = { effect: number; title: string; opened: boolean; onClose: () => void };

/** What undoing would write, before it is asked for with a reason. It is carried out in the background, once. */
export function UndoDialog({ effect, title, opened, onClose }: Props) {
  const { t } = useTranslation(["runs", "common"]);
  const [reason, setReason] = useState("");
  const found = useCompensation(effect, opened);
  const undo = useUndo(effect);
  const preview = found.data?.preview ?? null;
  const go = () =>
    undo.mutate(
      { reason, seen: preview?.seen ?? "" },
      {
        onSuccess: () => {
          toast("ok", t("undo.asked"), t("undo.askedHelp"));
          onClose();
        },
        onError: (error) => toast("bad", isProblem(error) ? error.message : title),
      },
    );
  const footer = (
    <>
      <Button onClick={onClose}>{t("common:cancel")}</Button>
      {preview && (
        <Button tone="danger" busy={undo.isPending} disabled={reason.trim() === ""} onClick={go}>
          {preview.title}
        </Button>
      )}
    </>
  );
  return (
    <Dialog title={preview?.title ?? title} opened={opened} onClose={onClose} footer={footer}>
      {found.isPending && <Loading lines={4} />}
      {found.isError && <LoadProblem error={found.error} retry={() => void found.refetch()} />}
      {found.data?.problem && <p className={styles.problem}>{found.data.problem}</p>}
      {preview && (
        <>
          <UndoPreview preview={preview} />
          <TextInput
            label={t("undo.reason")}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </>
      )}
    </Dialog>
  );
}
