import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { COMMANDS, type Scope } from "~/commands/registry";
import styles from "~/commands/ShortcutSheet.module.css";
import { useUi } from "~/stores/uiStore";
import { Dialog } from "~/ui/Dialog";
import { Kbd } from "~/ui/Small";

const SCOPES: Scope[] = ["anywhere", "canvas"];
const NAMES: Record<string, string> = { mod: "Ctrl", shift: "Shift", alt: "Alt", Escape: "Esc" };

function Keys({ keys }: { keys: string }) {
  const { t } = useTranslation();
  return keys.split(" ").map((chord, index) => (
    <Fragment key={chord}>
      {index > 0 && <span>{t("shortcuts.then")}</span>}
      {(chord === "+" ? ["+"] : chord.split("+")).map((key) => (
        <Kbd key={key}>{NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key)}</Kbd>
      ))}
    </Fragment>
  ));
}

export default function ShortcutSheet() {
  const { t } = useTranslation();
  const opened = useUi((s) => s.sheetOpen);
  const setOpen = useUi((s) => s.setSheetOpen);
  return (
    <Dialog title={t("shortcuts.title")} opened={opened} onClose={() => setOpen(false)}>
      {SCOPES.map((scope) => (
        <section key={scope} className={styles.group}>
          <h3>{t(`shortcuts.${scope}`)}</h3>
          <dl>
            {COMMANDS.filter((command) => command.scope === scope).map((command) => (
              <div key={command.id}>
                <dt>{t(`command.${command.id}`)}</dt>
                <dd>
                  {command.keys.map((keys) => (
                    <Keys key={keys} keys={keys} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
