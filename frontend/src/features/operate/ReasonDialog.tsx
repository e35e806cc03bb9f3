import { TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";

type Props = {
  title: string;
  act: string;
  opened: boolean;
  busy: boolean;
  onClose: () => void;
  onAct: (reason: string) => void;
  danger?: boolean;
  /** There is nothing to decide (yet). */
  off?: boolean;
  children: ReactNode;
};

/** A decision that needs a reason: it is kept with what was done. */
export function ReasonDialog(props: Props) {
  const { title, act, opened, busy, onClose, onAct, danger = false, off = false, children } = props;
  const { t } = useTranslation(["operate", "common"]);
  const [reason, setReason] = useState("");
  const footer = (
    <>
      <Button onClick={onClose}>{t("common:cancel")}</Button>
      <Button
        tone={danger ? "danger" : "primary"}
        busy={busy}
        disabled={off || reason.trim() === ""}
        onClick={() => onAct(reason.trim())}
      >
        {act}
      </Button>
    </>
  );
  return (
    <Dialog title={title} opened={opened} onClose={onClose} footer={footer}>
      {children}
      {!off && (
        <TextInput
          mt={12}
          label={t("reason")}
          value={reason}
          maxLength={300}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
    </Dialog>
  );
}
