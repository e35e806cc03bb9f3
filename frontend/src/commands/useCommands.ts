import { useEffect, useRef } from "react";
import { type CommandId, chordOf, commandFor, isBusy, type Scope } from "~/commands/registry";

type Runners = Partial<Record<CommandId, () => void>>;

const SEQUENCE_MS = 1_000;

/** Runs the commands of one scope from the keyboard. Typing and dialogs keep their keys, except Ctrl+K. */
export function useCommands(scope: Scope, runners: Runners): void {
  const current = useRef(runners);
  current.current = runners;

  useEffect(() => {
    let before = "";
    let at = 0;
    const onKey = (event: KeyboardEvent) => {
      const chord = chordOf(event);
      if (event.defaultPrevented || (isBusy(event.target) && !chord.startsWith("mod+"))) return;
      const fresh = event.timeStamp - at < SEQUENCE_MS;
      const command = commandFor(chord, fresh ? before : "", scope);
      before = chord;
      at = event.timeStamp;
      const run = command && current.current[command.id];
      if (run === undefined) return;
      event.preventDefault();
      before = "";
      run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [scope]);
}
