import { defineConfig } from "@playwright/test";
import { ARGS, findBrowser } from "../scripts/browser.mjs";
import { mockPort, origin, usesMock } from "./where";

const browser = await findBrowser();

/** One worker, one browser. Against the server named in the environment, else against the stand-in beside this file. */
export default defineConfig({
  testDir: "journeys",
  outputDir: process.env.E2E_RESULTS ?? "results",
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    baseURL: origin,
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    timezoneId: "Europe/London",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: browser.path,
      args: ARGS,
      env: { ...(process.env as Record<string, string>), LANG: "en_US.UTF-8", ...browser.env },
    },
  },
  ...(usesMock
    ? {
        webServer: {
          command: "node mock/server.mjs",
          url: `${origin}/api/v1/session/`,
          env: { PORT: String(mockPort), PACE: "250" },
          reuseExistingServer: false,
        },
      }
    : {}),
});
