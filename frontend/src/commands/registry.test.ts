import { expect, test } from "vitest";
import { COMMANDS, chordOf, commandFor, isBusy } from "~/commands/registry";

const key = (change: Partial<KeyboardEvent>) =>
  chordOf({ key: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...change });

test("no two commands of a scope share a key", () => {
  for (const scope of ["anywhere", "canvas"] as const) {
    const keys = COMMANDS.filter((command) => command.scope === scope).flatMap((command) => command.keys);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("chords are named the same on every system", () => {
  expect(key({ key: "k", ctrlKey: true })).toBe("mod+k");
  expect(key({ key: "k", metaKey: true })).toBe("mod+k");
  expect(key({ key: "?", shiftKey: true })).toBe("?");
  expect(key({ key: "D", shiftKey: true })).toBe("shift+d");
  expect(key({ key: "Escape" })).toBe("Escape");
});

test("a sequence wins over its last key alone", () => {
  expect(commandFor("f", "g", "anywhere")?.id).toBe("goFlows");
  expect(commandFor("f", "", "anywhere")).toBeUndefined();
  expect(commandFor("o", "", "canvas")?.id).toBe("outline");
});

test("typing and dialogs keep their keys", () => {
  document.body.innerHTML =
    '<input id="i"><div role="dialog"><button id="d"></button></div><button id="b"></button>';
  const busy = (id: string) => isBusy(document.getElementById(id));
  expect([busy("i"), busy("d"), busy("b")]).toEqual([true, true, false]);
});
