import { Menu } from "@mantine/core";
import { Menu as MenuIcon, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useEnvironment, useSignedIn } from "~/api/queries/session";
import { outside, PLACES } from "~/app/shell/places";
import { IconButton } from "~/ui/Button";

/** The navigation below 900 px. */
export function NarrowMenu() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { sandbox_url: sandbox } = useSignedIn();
  const { environment, environments, choose } = useEnvironment();
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <IconButton label={t("nav.menu")}>
          <MenuIcon size={18} aria-hidden />
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown>
        {PLACES.map(({ id, to, icon: Icon }) => (
          <Menu.Item key={id} leftSection={<Icon size={16} aria-hidden />} onClick={() => void navigate(to)}>
            {t(`nav.${id}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {outside(sandbox).map(({ id, href, icon: Icon }) => (
          <Menu.Item key={id} component="a" href={href} leftSection={<Icon size={16} aria-hidden />}>
            {t(`nav.${id}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t("environment")}</Menu.Label>
        {environments.map((env) => (
          <Menu.Item
            key={env.key}
            role="menuitemradio"
            aria-checked={env.key === environment}
            fw={env.key === environment ? 600 : 400}
            rightSection={env.live ? <ShieldCheck size={14} aria-hidden /> : null}
            onClick={() => choose(env.key)}
          >
            {env.key}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
