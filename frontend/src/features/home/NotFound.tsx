import { CircleHelp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ListBar } from "~/app/shell/TopBar";
import { Blank } from "~/ui/Blank";
import { ButtonLink } from "~/ui/Button";

export default function NotFound() {
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
