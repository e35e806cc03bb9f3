import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { ArrowLeft, Moon, Search, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { EnvironmentSwitch } from "~/app/shell/EnvironmentSwitch";
import { NarrowMenu } from "~/app/shell/NarrowMenu";
import { openPalette } from "~/app/shell/palette";
import styles from "~/app/shell/Shell.module.css";
import { UserMenu } from "~/app/shell/UserMenu";
import { IconButton } from "~/ui/Button";
import { Kbd } from "~/ui/Small";
import { useDocumentTitle } from "~/ui/useDocumentTitle";
import { useNarrow } from "~/ui/useNarrow";

export function SchemeToggle() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <IconButton
      label={dark ? t("toggleLight") : t("toggleDark")}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {dark ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
    </IconButton>
  );
}

/** The bar of a list screen: its name, the search and the environment. */
export function ListBar({ title, aside }: { title: string; aside?: ReactNode }) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  useDocumentTitle(title);
  return (
    <header className={styles.bar}>
      {narrow && <NarrowMenu />}
      <div className={styles.titles}>
        <h1 className="ell">{title}</h1>
      </div>
      {aside !== undefined && !narrow && <span className={styles.facts}>{aside}</span>}
      <div className={styles.grow} />
      {!narrow && (
        <button type="button" className={styles.search} onClick={openPalette}>
          <Search size={14} aria-hidden />
          <span>{t("search")}</span>
          <Kbd>Ctrl K</Kbd>
        </button>
      )}
      {!narrow && <EnvironmentSwitch />}
      <SchemeToggle />
      <UserMenu />
    </header>
  );
}

type WorkProps = {
  back: string;
  parent: string;
  title: string;
  facts?: ReactNode;
  badge?: ReactNode;
  actions?: ReactNode;
};

/** The bar of a work screen: where you are, what it is, what you can do. */
export function WorkBar({ back, parent, title, facts, badge, actions }: WorkProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const narrow = useNarrow();
  useDocumentTitle(title);
  if (narrow) {
    return (
      <header className={styles.bar}>
        <IconButton label={t("nav.back")} onClick={() => void navigate(back)}>
          <ArrowLeft size={18} aria-hidden />
        </IconButton>
        <div className={`${styles.titles} ${styles.grow}`}>
          <h1 className="ell">{title}</h1>
          <div className={`${styles.facts} ell`}>{facts}</div>
        </div>
        <UserMenu />
      </header>
    );
  }
  return (
    <header className={styles.bar}>
      <div className={styles.crumbs}>
        <a
          href={back}
          onClick={(event) => {
            event.preventDefault();
            void navigate(back);
          }}
        >
          {parent}
        </a>
        <span aria-hidden>/</span>
        <h1 className="ell">{title}</h1>
      </div>
      {badge}
      <span className={`${styles.facts} ${styles.grow} ell`}>{facts}</span>
      {actions}
      <SchemeToggle />
      <UserMenu />
    </header>
  );
}
