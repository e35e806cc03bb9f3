import { expect, openFlow, test } from "./stage";

test("arrows walk along the edges, Enter opens a step, Escape gives the focus back", async ({
  signedIn: page,
}) => {
  await openFlow(page);
  const wrapper = (id: string) => page.locator(`.react-flow__node[data-id=${id}]`);
  await wrapper("won").focus();
  await page.keyboard.press("ArrowRight");
  await expect(wrapper("deal")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(wrapper("organization")).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(wrapper("contact")).toBeFocused();

  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "Get contact" });
  await expect(panel).toBeVisible();
  await expect(page).toHaveURL(/step=contact/);
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(wrapper("contact")).toBeFocused();
});

test("the sheet lists the keys, the palette finds a flow, the outline takes the canvas's place", async ({
  signedIn: page,
}) => {
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet.getByText("Walk along the edges")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();

  await page.keyboard.press("Control+k");
  await page.getByRole("textbox", { name: "Find a flow or a run" }).fill("closed-won to");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Closed-Won to invoice" })).toBeVisible();

  await expect(page.getByTestId("node-won")).toBeVisible();
  await page.keyboard.press("o");
  await expect(page.getByTestId("outline-won")).toBeVisible();
  await page.keyboard.press("o");
  await expect(page.getByTestId("node-won")).toBeVisible();
});

test("on a phone the flow is a list and a step is a sheet", async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 400, height: 860 });
  await page.goto("/flows/closed-won-to-invoice");
  await page.getByTestId("outline-deal").click();
  const sheet = page.getByRole("complementary", { name: "Get deal" });
  await expect(sheet).toBeVisible();
  await sheet.getByRole("button", { name: "Close step" }).click();
  await expect(sheet).toBeHidden();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(400);
});
