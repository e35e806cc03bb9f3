import { Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Undoing } from "~/api/undoing";
import { UndoDialog } from "~/features/effects/UndoDialog";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";

const TONES = { asked: "info", held: "warn", done: "ok" } as const;

/** Undoing one effect, where its operation says how: what was asked so far, and the way to the preview. */
export function Undo({ effect, title, asked }: { effect: number; title: string; asked: Undoing | null }) {
  const { t } = useTranslation("runs");
  const [opened, setOpened] = useState(false);
  return (
    <>
      {asked && (
        <Note tone={TONES[asked.state]} title={t(`undo.state.${asked.state}`, { number: asked.number })}>
          {asked.note || t("undo.by", { by: asked.by, reason: asked.reason })}
        </Note>
      )}
      {(asked === null || asked.state === "held") && (
        <div>
          <Button onClick={() => setOpened(true)}>
            <Undo2 size={16} aria-hidden /> {t("undo.button", { title })}
          </Button>
        </div>
      )}
      {opened && (
        <UndoDialog effect={effect} title={title} opened={opened} onClose={() => setOpened(false)} />
      )}
    </>
  );
}
