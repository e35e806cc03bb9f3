import { useTranslation } from "react-i18next";
import { Brand } from "~/app/shell/Brand";
import styles from "~/features/auth/SignIn.module.css";
import { SignInForm } from "~/features/auth/SignInForm";
import { useDocumentTitle } from "~/ui/useDocumentTitle";

/** Shown in place of any page while nobody is signed in; the address stays, so one lands where one wanted to go. */
export default function SignInPage() {
  const { t } = useTranslation(["auth", "common"]);
  useDocumentTitle(t("title"));
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Brand />
          {t("common:product")}
        </div>
        <h1>{t("title")}</h1>
        <p className={styles.lead}>{t("lead")}</p>
        <SignInForm />
      </div>
    </main>
  );
}
