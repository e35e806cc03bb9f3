import { useTranslation } from "react-i18next";
import type { Run } from "~/api/types";

/** What people call a run: its record, else its number. */
export function useRunTitle(): (run: Pick<Run, "id" | "title">) => string {
  const { t } = useTranslation("runs");
  return (run) => run.title || t("untitled", { id: run.id });
}
