import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useMatches, useNavigate } from "react-router";
import { Nav } from "~/app/shell/Nav";
import { openPalette, usePalette } from "~/app/shell/palette";
import styles from "~/app/shell/Shell.module.css";
import type { CommandId } from "~/commands/registry";
import { ShortcutSheet } from "~/commands/ShortcutSheet";
import { useCommands } from "~/commands/useCommands";
import { SignInDialog } from "~/features/auth/SignInDialog";
import { useUi } from "~/stores/uiStore";

const Palette = lazy(() => import("~/commands/Palette"));

function useGlobalCommands(): (id: CommandId) => void {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const runners: Partial<Record<CommandId, () => void>> = {
    palette: openPalette,
    help: () => useUi.getState().setSheetOpen(true),
    goHome: () => void navigate("/"),
    goFlows: () => void navigate("/flows"),
    goRuns: () => void navigate("/runs"),
    goFailures: () => void navigate("/failures"),
    toggleScheme: () => setColorScheme(scheme === "dark" ? "light" : "dark"),
  };
  useCommands("anywhere", runners);
  return (id) => runners[id]?.();
}

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const { t } = useTranslation();
  const slim = useMatches().some((match) => (match.handle as { slim?: boolean } | undefined)?.slim === true);
  const asked = usePalette((s) => s.asked);
  const run = useGlobalCommands();
  return (
    <div className={`${styles.app} ${slim ? styles.slim : ""}`}>
      <a href="#content" className={styles.skip}>
        {t("nav.skip")}
      </a>
      <Nav slim={slim} />
      <main id="content" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      <ShortcutSheet />
      <SignInDialog />
      {asked > 0 && (
        <Suspense>
          <Palette key={asked} run={run} />
        </Suspense>
      )}
    </div>
  );
}
