import { TriangleAlert } from "lucide-react";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Blank } from "~/ui/Blank";
import { Button } from "~/ui/Button";

function Crashed() {
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

type Props = { children: ReactNode };

/** A page that throws while it is drawn takes only itself down: the navigation still works. */
export class PageBoundary extends Component<Props, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    return this.state.crashed ? <Crashed /> : this.props.children;
  }
}
