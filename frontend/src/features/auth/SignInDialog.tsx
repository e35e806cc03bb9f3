import { useTranslation } from "react-i18next";
import { SignInForm } from "~/features/auth/SignInForm";
import { useUi } from "~/stores/uiStore";
import { Dialog } from "~/ui/Dialog";

/** The session ended while a page was open: sign in over it, and nothing on it is lost. */
export default function SignInDialog() {
  const { t } = useTranslation("auth");
  const needed = useUi((s) => s.signInNeeded);
  return (
    <Dialog title={t("again")} opened={needed} onClose={() => undefined} locked>
      <p className="t2">{t("againHelp")}</p>
      <br />
      <SignInForm />
    </Dialog>
  );
}
