import { Workflow } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFlows } from "~/api/queries/flows";
import shell from "~/app/shell/Shell.module.css";
import { ListBar } from "~/app/shell/TopBar";
import { FlowTable } from "~/features/flows/FlowTable";
import { Blank, Loading, LoadProblem } from "~/ui/Blank";
import { Card } from "~/ui/Card";

export default function FlowsPage() {
  const { t } = useTranslation("flows");
  const query = useFlows();
  const rows = query.data?.results ?? [];
  return (
    <>
      <ListBar title={t("title")} />
      <div className={shell.page}>
        <Card label={t("title")}>
          {query.isPending && <Loading />}
          {query.isError && rows.length === 0 && (
            <LoadProblem error={query.error} retry={() => void query.refetch()} />
          )}
          {query.isSuccess && rows.length === 0 && (
            <Blank icon={Workflow} title={t("empty")}>
              {t("emptyHelp")}
            </Blank>
          )}
          {rows.length > 0 && <FlowTable rows={rows} />}
        </Card>
      </div>
    </>
  );
}
