import { Radio } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSignedIn } from "~/api/queries/session";
import styles from "~/features/runs/Work.module.css";
import { OutsideLink } from "~/ui/Button";

/** Nothing has run yet: what to do so that something does. */
export function WaitingHint() {
  const { t } = useTranslation("flows");
  const { sandbox_url: sandbox } = useSignedIn();
  return (
    <div className={styles.hint} role="status">
      <Radio size={18} aria-hidden />
      <div>
        <b>{t("waiting.title")}</b>
        <p>{sandbox ? t("waiting.help") : t("waiting.helpPlain")}</p>
        {sandbox && (
          <OutsideLink href={sandbox} tone="primary" dense>
            {t("waiting.open")}
          </OutsideLink>
        )}
      </div>
    </div>
  );
}
