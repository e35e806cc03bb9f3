import { Menu, useMantineColorScheme } from "@mantine/core";
import { Check, Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { dropSocket } from "~/api/live";
import { useSignedIn, useSignOut } from "~/api/queries/session";
import styles from "~/app/shell/Shell.module.css";
import { useUi } from "~/stores/uiStore";
import { Avatar } from "~/ui/Small";

const SCHEMES = [
  { value: "light", icon: Sun },
  { value: "dark", icon: Moon },
  { value: "auto", icon: Monitor },
] as const;

export function UserMenu() {
  const { t } = useTranslation();
  const { user, version } = useSignedIn();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const leave = () => signOut.mutate(undefined, { onSuccess: dropSocket });
  const name = user?.name ?? "";
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className={styles.user} aria-label={t("user.menu", { name })}>
          <Avatar initials={user?.initials ?? ""} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}
          <br />
          {user?.email}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t("user.appearance")}</Menu.Label>
        {SCHEMES.map(({ value, icon: Icon }) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={colorScheme === value}
            leftSection={<Icon size={14} aria-hidden />}
            rightSection={colorScheme === value ? <Check size={14} aria-hidden /> : null}
            onClick={() => setColorScheme(value)}
          >
            {t(`user.${value}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<Keyboard size={14} aria-hidden />}
          onClick={() => useUi.getState().setSheetOpen(true)}
        >
          {t("user.shortcuts")}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={14} aria-hidden />} onClick={leave}>
          {t("user.signOut")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("user.version", { version })}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
