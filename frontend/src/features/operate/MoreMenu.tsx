import { Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { CircleX, Ellipsis, SkipForward } from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Run } from "~/api/types";
import { Button } from "~/ui/Button";

const Skip = lazy(async () => ({ default: (await import("~/features/operate/SkipDialog")).SkipDialog }));
const GiveUp = lazy(async () => ({ default: (await import("~/features/operate/GiveUp")).GiveUpDialog }));

/** The rarer ways on for a run that waits: without the step it failed at, or not at all. */
export function MoreMenu({ run }: { run: Run }) {
  const { t } = useTranslation("operate");
  const [skips, skip] = useDisclosure(false);
  const [givesUp, giveUp] = useDisclosure(false);
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Button dense tone="ghost" aria-label={t("more")}>
            <Ellipsis size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {run.reason === "person" && (
            <Menu.Item leftSection={<SkipForward size={14} aria-hidden />} onClick={skip.open}>
              {t("skip.item")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<CircleX size={14} aria-hidden />} onClick={giveUp.open}>
            {t("giveUp.item")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {skips && <Skip run={run} opened onClose={skip.close} />}
        {givesUp && <GiveUp run={run} opened onClose={giveUp.close} />}
      </Suspense>
    </>
  );
}
