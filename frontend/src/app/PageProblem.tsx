import { CircleHelp, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ListBar } from "~/app/shell/TopBar";
import { Blank } from "~/ui/Blank";
import { Button, ButtonLink } from "~/ui/Button";

/** A page threw while it was drawn. The rest of the app still works. */
export function PageProblem() {
  const { t } = useTranslation();
  const reload = (
    <Button dense onClick={() => window.location.reload()}>
      {t("problem.reload")}
    </Button>
  );
  return (
    <Blank icon={TriangleAlert} title={t("problem.crash")} action={reload}>
      {t("problem.crashHelp")}
    </Blank>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  const home = (
    <ButtonLink dense to="/">
      {t("problem.goHome")}
    </ButtonLink>
  );
  return (
    <>
      <ListBar title={t("problem.notFound")} />
      <Blank icon={CircleHelp} title={t("problem.notFound")} action={home}>
        {t("problem.notFoundHelp")}
      </Blank>
    </>
  );
}
