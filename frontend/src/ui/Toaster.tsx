import { CircleCheck, CircleX, X } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "~/ui/Button";
import styles from "~/ui/Toaster.module.css";
import { closeToast, useToast } from "~/ui/toast";

const STAYS_MS = 6_000;

/** Bottom right, one at a time. Good news leaves by itself; a failure stays until it is closed. */
export function Toaster() {
  const { t } = useTranslation();
  const toast = useToast((s) => s.toast);
  useEffect(() => {
    if (toast?.tone !== "ok") return;
    const timer = setTimeout(closeToast, STAYS_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className={styles.place} role="status" aria-live="polite">
      {toast !== null && (
        <div key={toast.id} className={styles.toast} data-tone={toast.tone}>
          {toast.tone === "ok" ? <CircleCheck size={16} aria-hidden /> : <CircleX size={16} aria-hidden />}
          <div>
            <b>{toast.title}</b>
            {toast.message !== "" && <p>{toast.message}</p>}
          </div>
          <IconButton label={t("close")} onClick={closeToast}>
            <X size={14} aria-hidden />
          </IconButton>
        </div>
      )}
    </div>
  );
}
