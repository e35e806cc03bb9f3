import { Spotlight, type SpotlightActionGroupData, spotlight } from "@mantine/spotlight";
import { Search } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useFlows } from "~/api/queries/flows";
import { useRecentRuns } from "~/api/queries/runs";
import { COMMANDS, type CommandId } from "~/commands/registry";

type Props = { run: (id: CommandId) => void };

/** Ctrl+K: pages, flows and recent runs by name. Fetched the first time it is opened. */
export default function Palette({ run }: Props) {
  const { t } = useTranslation(["common", "runs"]);
  const navigate = useNavigate();
  const flows = useFlows().data?.results ?? [];
  const runs = useRecentRuns({}, 20).data?.results ?? [];
  useEffect(() => spotlight.open(), []);

  const actions: SpotlightActionGroupData[] = [
    {
      group: t("palette.actions"),
      actions: COMMANDS.filter((command) => command.listed).map((command) => ({
        id: command.id,
        label: t(`command.${command.id}`),
        onClick: () => run(command.id),
      })),
    },
    {
      group: t("palette.flows"),
      actions: flows.map((flow) => ({
        id: `flow:${flow.key}`,
        label: flow.name,
        description: flow.description,
        onClick: () => void navigate(`/flows/${flow.key}`),
      })),
    },
    {
      group: t("palette.runs"),
      actions: runs.map((entry) => ({
        id: `run:${entry.id}`,
        label: entry.title || t("runs:untitled", { id: entry.id }),
        description: `${entry.flow.name} · ${t(`runs:state.${entry.state}`)}`,
        keywords: [String(entry.id)],
        onClick: () => void navigate(`/runs/${entry.id}`),
      })),
    },
  ];
  return (
    <Spotlight
      actions={actions}
      shortcut={null}
      nothingFound={t("palette.nothing")}
      limit={12}
      scrollable
      overlayProps={{ color: "var(--scrim)", backgroundOpacity: 1, blur: 0 }}
      maxHeight={420}
      searchProps={{
        leftSection: <Search size={16} aria-hidden />,
        placeholder: t("palette.placeholder"),
        "aria-label": t("palette.title"),
      }}
    />
  );
}
