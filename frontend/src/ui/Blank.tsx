import { CircleHelp, type LucideIcon, ShieldX, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isProblem } from "~/api/problem";
import styles from "~/ui/Blank.module.css";
import { Button } from "~/ui/Button";

type Props = { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode };

/** An empty place: one sentence of truth, one action. */
export function Blank({ icon: Icon, title, children, action }: Props) {
  return (
    <div className={styles.blank}>
      <Icon size={24} strokeWidth={1.75} aria-hidden />
      <b>{title}</b>
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}

/** The shape of what is coming, shown only if it takes longer than 200 ms. */
export function Loading({ lines = 6 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.lines} role="status" aria-label={t("loading")}>
      {Array.from({ length: lines }, (_, line) => `line-${line}`).map((line) => (
        <span key={line} />
      ))}
    </div>
  );
}

/** Why something could not be shown, and the way out. */
export function LoadProblem({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation();
  const again = (
    <Button dense onClick={retry}>
      {t("tryAgain")}
    </Button>
  );
  if (isProblem(error, "offline")) {
    return (
      <Blank icon={WifiOff} title={t("problem.offline")} action={again}>
        {t("problem.offlineHelp")}
      </Blank>
    );
  }
  if (isProblem(error) && error.status === 403) {
    return (
      <Blank icon={ShieldX} title={t("problem.forbidden")}>
        {error.detail || t("problem.forbiddenHelp")}
      </Blank>
    );
  }
  return (
    <Blank icon={CircleHelp} title={t("problem.failed")} action={again}>
      {isProblem(error) ? error.message : undefined}
    </Blank>
  );
}
