/**
 * Which Chromium the browser tests use: CHROME_PATH, else one that is installed, else the one npm brought
 * (@sparticuz/chromium in e2e/, unpacked to the temporary folder on first use).
 *   node scripts/browser.mjs        # prints its path
 */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Never the package's own arguments: they turn off web security and would hide what these tests look for. */
export const ARGS = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"];

function installed() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const name of NAMES) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  return null;
}

const PACKAGE = new URL("../e2e/node_modules/@sparticuz/chromium/", import.meta.url);

/** Libraries the system lacks (NSS, NSPR) are taken from the package's own archive. */
async function libraries(path) {
  const missing = execFileSync("ldd", [path], { encoding: "utf8" }).includes("not found");
  if (!missing) return {};
  const { inflate } = await import(new URL("build/esm/lambdafs.js", PACKAGE).href);
  const folder = await inflate(fileURLToPath(new URL("bin/al2023.tar.br", PACKAGE)));
  return { LD_LIBRARY_PATH: join(folder, "lib") };
}

async function shipped() {
  const { default: chromium } = await import(new URL("build/esm/index.js", PACKAGE).href);
  const path = await chromium.executablePath();
  return { path, env: await libraries(path) };
}

/** `{path, env}`: the browser, and what its environment needs besides. */
export async function findBrowser() {
  const wanted = process.env.CHROME_PATH;
  if (wanted) return { path: wanted, env: {} };
  const system = installed();
  return system === null ? shipped() : { path: system, env: {} };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await findBrowser()).path);
