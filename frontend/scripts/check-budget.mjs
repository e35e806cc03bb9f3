/**
 * Keeps what a page loads small. Compressed sizes of the built files against budget.json, group by group:
 * `shell` is what every page loads before it can draw; the others are what a screen adds.
 *   npm run build && npm run budget
 */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const root = new URL("../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root));
const manifest = JSON.parse(read("dist/manifest.json"));
const budget = JSON.parse(read("budget.json"));

/** Every file a chunk loads at once: itself, what it imports, and their styles. */
function filesOf(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const imported of manifest[name].imports ?? []) filesOf(imported, seen);
  return seen;
}

function weigh(names, ending) {
  const files = new Set([...names].flatMap((name) => [manifest[name].file, ...(manifest[name].css ?? [])]));
  const sizes = [...files]
    .filter((file) => file.endsWith(ending))
    .map((file) => gzipSync(read(`dist/${file}`)).length);
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

const shell = filesOf("src/main.tsx");
const rows = Object.entries(budget).map(([group, limit]) => {
  if (group === "css") return [group, weigh(Object.keys(manifest), ".css"), limit];
  if (group === "shell") return [group, weigh(shell, ".js"), limit];
  const added = new Set([...filesOf(group)].filter((name) => !shell.has(name)));
  return [group, weigh(added, ".js"), limit];
});

for (const [group, size, limit] of rows) {
  console.log(`${size > limit ? "over" : "ok  "}  ${size.toFixed(1).padStart(6)} of ${limit} kB  ${group}`);
}
if (rows.some(([, size, limit]) => size > limit)) process.exit(1);
