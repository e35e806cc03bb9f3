import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const source = join(process.cwd(), "src");
const css = readFileSync(join(source, "app/theme/tokens.css"), "utf8");
const pairs = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    [light, dark] as const,
  ]),
);

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["bg", "surface", "raised", "canvas", "hover"];
const TEXT: [text: string, ground: string][] = [
  ...["text", "text-2", "text-3"].flatMap((text) =>
    GROUNDS.map((ground): [string, string] => [text, ground]),
  ),
  ...["ok", "warn", "bad", "info"].flatMap((tone): [string, string][] => [
    [tone, `${tone}-soft`],
    [tone, "surface"],
    ["text-2", `${tone}-soft`],
  ]),
  ["accent-text", "surface"],
  ["accent-text", "accent-soft"],
  ["text-2", "accent-soft"],
  ["json-text", "surface"],
  ["json-number", "surface"],
  ["tip-text", "tip-bg"],
];

test.each(TEXT)("%s is readable on %s, light and dark", (text, ground) => {
  for (const scheme of [0, 1] as const) {
    const ratio = contrast(pairs.get(text)?.[scheme] ?? "", pairs.get(ground)?.[scheme] ?? "");
    expect(ratio).toBeGreaterThanOrEqual(4.5);
  }
});

test.each(["control"])("%s can be seen on the surface", (edge) => {
  for (const scheme of [0, 1] as const) {
    expect(
      contrast(pairs.get(edge)?.[scheme] ?? "", pairs.get("surface")?.[scheme] ?? ""),
    ).toBeGreaterThanOrEqual(3);
  }
});

test("no other file names a colour", () => {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.(css|tsx?)$/.test(file) && !/tokens(\.test)?\.\w+$/.test(file),
  );
  const named = files.filter((file) =>
    /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i.test(readFileSync(join(source, file), "utf8")),
  );
  expect(named).toEqual([]);
});
