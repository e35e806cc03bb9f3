import { PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { reviveSocket } from "~/api/live";
import { isProblem } from "~/api/problem";
import { useSignIn } from "~/api/queries/session";
import styles from "~/features/auth/SignIn.module.css";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";

function Refusal({ error }: { error: unknown }) {
  const { t } = useTranslation(["auth", "common"]);
  if (isProblem(error) && error.status === 429) {
    return (
      <Note tone="warn" title={t("throttled")} alert>
        {t("throttledHelp")}
      </Note>
    );
  }
  if (isProblem(error) && [400, 401].includes(error.status)) {
    return (
      <Note tone="bad" title={t("refused")} alert>
        {t("refusedHelp")}
      </Note>
    );
  }
  return (
    <Note tone="bad" title={t("common:problem.offline")} alert>
      {isProblem(error) ? error.message : t("common:problem.offlineHelp")}
    </Note>
  );
}

export function SignInForm() {
  const { t } = useTranslation(["auth", "common"]);
  const signIn = useSignIn();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (username === "" || password === "" || signIn.isPending) return;
    signIn.mutate({ username, password }, { onSuccess: reviveSocket });
  };

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {signIn.isError && <Refusal error={signIn.error} />}
      <TextInput
        label={t("username")}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        autoFocus
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
        error={tried && username === "" ? t("needUsername") : null}
      />
      <PasswordInput
        label={t("password")}
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={tried && password === "" ? t("needPassword") : null}
      />
      <Button type="submit" tone="primary" busy={signIn.isPending}>
        {signIn.isPending ? t("submitting") : t("submit")}
      </Button>
    </form>
  );
}
