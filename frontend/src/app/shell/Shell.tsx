import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation, useNavigate } from "react-router";
import { Nav } from "~/app/shell/Nav";
import { openPalette, usePalette } from "~/app/shell/palette";
import styles from "~/app/shell/Shell.module.css";
import type { CommandId } from "~/commands/registry";
import { useCommands } from "~/commands/useCommands";
import { useUi } from "~/stores/uiStore";

const Palette = lazy(() => import("~/commands/Palette"));
const ShortcutSheet = lazy(() => import("~/commands/ShortcutSheet"));
const SignInDialog = lazy(() => import("~/features/auth/SignInDialog"));

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
    goApprovals: () => void navigate("/approvals"),
    toggleScheme: () => setColorScheme(scheme === "dark" ? "light" : "dark"),
  };
  useCommands("anywhere", runners);
  return (id) => runners[id]?.();
}

/** Work screens: everything but a rail is for the work. */
const WORK = /^\/(flows|runs)\/[^/]+/;

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const { t } = useTranslation();
  const slim = WORK.test(useLocation().pathname);
  const asked = usePalette((s) => s.asked);
  const sheetOpen = useUi((s) => s.sheetOpen);
  const signInNeeded = useUi((s) => s.signInNeeded);
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
      <Suspense>
        {sheetOpen && <ShortcutSheet />}
        {signInNeeded && <SignInDialog />}
        {asked > 0 && <Palette key={asked} run={run} />}
      </Suspense>
    </div>
  );
}
