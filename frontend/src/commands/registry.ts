import type en from "~/i18n/en/common.json";

/** Every command once: keys, help sheet and palette all read this list. */

export type CommandId = keyof typeof en.command;
export type Scope = "anywhere" | "canvas";

export type Command = {
  id: CommandId;
  scope: Scope;
  /** Alternatives; each is one chord ("mod+k") or a sequence ("g f"). */
  keys: string[];
  /** Shown in the palette too. */
  listed?: boolean;
};

export const COMMANDS: readonly Command[] = [
  { id: "palette", scope: "anywhere", keys: ["mod+k"] },
  { id: "help", scope: "anywhere", keys: ["?"], listed: true },
  { id: "goHome", scope: "anywhere", keys: ["g h"], listed: true },
  { id: "goFlows", scope: "anywhere", keys: ["g f"], listed: true },
  { id: "goRuns", scope: "anywhere", keys: ["g r"], listed: true },
  { id: "goFailures", scope: "anywhere", keys: ["g e"], listed: true },
  { id: "goApprovals", scope: "anywhere", keys: ["g a"], listed: true },
  { id: "toggleScheme", scope: "anywhere", keys: ["shift+d"], listed: true },
  { id: "walk", scope: "canvas", keys: ["←", "→", "↑", "↓"] },
  { id: "openStep", scope: "canvas", keys: ["Enter"] },
  { id: "closeStep", scope: "canvas", keys: ["Escape"] },
  { id: "fit", scope: "canvas", keys: ["0"] },
  { id: "actual", scope: "canvas", keys: ["1"] },
  { id: "zoomIn", scope: "canvas", keys: ["+"] },
  { id: "zoomOut", scope: "canvas", keys: ["-"] },
  { id: "outline", scope: "canvas", keys: ["o"] },
];

/** "mod+k" for a key event; "mod" is Ctrl, or Command on a Mac. */
export function chordOf(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): string {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shifted = event.shiftKey && /^[a-z]$/.test(letter);
  const mod = event.ctrlKey || event.metaKey;
  return [mod ? "mod" : "", event.altKey ? "alt" : "", shifted ? "shift" : "", letter]
    .filter(Boolean)
    .join("+");
}

/** The command a chord ends, given the chord before it. */
export function commandFor(chord: string, before: string, scope: Scope): Command | undefined {
  const mine = COMMANDS.filter((command) => command.scope === scope);
  return mine.find((c) => c.keys.includes(`${before} ${chord}`)) ?? mine.find((c) => c.keys.includes(chord));
}

/** Keys mean text while somebody types, and belong to a dialog while one is open. */
export function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox]",
    ) !== null
  );
}
