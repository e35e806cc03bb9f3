import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { carriedDeal, expect, node, test } from "./stage";

/** Serious and critical findings, one line each. */
async function findings(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page }).exclude(".react-flow__attribution").analyze();
  const serious = result.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  return serious.flatMap((one) =>
    one.nodes.map((where) => `${one.id}: ${where.target.join(" ")} ${where.failureSummary ?? ""}`),
  );
}

for (const scheme of ["light", "dark"] as const) {
  test(`no page keeps anybody out, ${scheme}`, async ({ signedIn: page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const { run } = await carriedDeal(page);
    expect(await findings(page), "the flow").toEqual([]);
    for (const address of ["/", "/flows", "/runs", "/failures", "/nowhere"]) {
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
      expect(await findings(page), address).toEqual([]);
    }
    await page.goto(`/runs/${run}`);
    await node(page, "invoice").click();
    for (const tab of ["Result", "Input", "Attempts", "HTTP", "Effect", "Setup"]) {
      await page.getByRole("tab", { name: tab }).click();
      expect(await findings(page), `the step's ${tab}`).toEqual([]);
    }
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    expect(await findings(page), "the sheet of keys").toEqual([]);
  });

  test(`the sign-in page keeps nobody out, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto("/");
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    expect(await findings(page)).toEqual([]);
  });
}

test("the page's policy is the strict one", async ({ page }) => {
  const answer = await page.goto("/");
  const policy = answer?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/style-src 'self' 'nonce-/);
  expect(policy).not.toContain("unsafe");
});
