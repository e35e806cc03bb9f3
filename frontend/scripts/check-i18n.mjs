/**
 * Every text exists in every language, and every English text is used. (That a used key exists is tsc's to say.)
 * A key built in code, t(`state.${state}`), uses every key that begins like it.
 */

import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../src/", import.meta.url);
const files = readdirSync(root, { recursive: true }).filter(
  (file) => /\.tsx?$/.test(file) && !file.includes(".test."),
);
const code = files.map((file) => readFileSync(new URL(file, root), "utf8")).join("\n");
const languages = readdirSync(new URL("i18n/", root), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);

const flatten = (texts, before = "") =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [`${before}${key}`] : flatten(value, `${before}${key}.`),
  );

const plain = (key) => key.replace(/_(zero|one|two|few|many|other)$/, "");

function keysOf(language) {
  const folder = new URL(`i18n/${language}/`, root);
  return readdirSync(folder).flatMap((file) => {
    const keys = flatten(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
    return keys.map((key) => `${file.replace(".json", "")}:${plain(key)}`);
  });
}

const literal = new Set(
  [...code.matchAll(/["'`]((?:[a-z]+:)?[A-Za-z][\w.]*)["'`]/g)].map((match) => match[1]),
);
const prefixes = [...code.matchAll(/`((?:[a-z]+:)?[A-Za-z][\w.]*)\$\{/g)].map((match) => match[1]);

const english = new Set(keysOf("en"));
const isUsed = (full) => {
  const key = full.slice(full.indexOf(":") + 1);
  return [full, key].some((name) => literal.has(name) || prefixes.some((prefix) => name.startsWith(prefix)));
};
const unused = [...english].filter((key) => !isUsed(key));
const missing = languages.flatMap(({ name }) => {
  const known = new Set(keysOf(name));
  return [...english].filter((key) => !known.has(key)).map((key) => `${name}/${key}`);
});

for (const key of unused) console.error(`no code uses ${key}`);
for (const key of missing) console.error(`no text for ${key}`);
if (unused.length + missing.length > 0) process.exit(1);
