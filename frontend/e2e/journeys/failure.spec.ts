import { pictures } from "../where";
import { addDeal, expect, freshTag, node, openFlow, test, win } from "./stage";

test("a missing row parks the run in words; adding it and pressing retry finishes it", async ({
  signedIn: page,
}) => {
  const category = `Lamps ${freshTag()}`;
  const deal = await addDeal(page.request, category);
  await openFlow(page);
  await win(page.request, deal);

  const banner = page.getByTestId("follow-banner").filter({ hasText: deal.name });
  await expect(banner.getByText("Needs a person")).toBeVisible({ timeout: 45_000 });
  await node(page, "lines").click();
  const panel = page.getByRole("complementary", { name: /^Map/ });
  await expect(panel.getByText(new RegExp(category)).first()).toBeVisible();
  await expect(panel.getByText("The run waits safely at this step", { exact: false })).toBeVisible();
  if (pictures) await page.screenshot({ path: `${pictures}/flow-parked.png` });

  await page.goto("/failures");
  await page.getByRole("link", { name: new RegExp(category) }).click();
  const group = page.getByRole("complementary", { name: new RegExp(category) });
  await expect(group.getByRole("link", { name: deal.name })).toBeVisible();
  await expect(group.getByText("1 run waits safely", { exact: false })).toBeVisible();
  if (pictures) await page.screenshot({ path: `${pictures}/failures.png` });

  const token = (await page.context().cookies()).find((cookie) => cookie.name === "csrftoken")?.value ?? "";
  const row = await page.request.post("/api/v1/mapping-tables/dev/product_gl/rows/", {
    data: { values: { category, nominal: "4001" } },
    headers: { "X-CSRFToken": token, Referer: page.url() },
  });
  expect(row.ok(), await row.text()).toBe(true);

  await group.getByRole("link", { name: deal.name }).click();
  await page.getByRole("button", { name: "Retry from this step" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/steps? (is|are) reused/)).toBeVisible();
  await expect(dialog.getByText(/already confirmed/)).toBeVisible();
  await dialog.getByRole("button", { name: /^Retry from/ }).click();

  await expect(page.locator("header").first().getByText("Succeeded")).toBeVisible({ timeout: 45_000 });
  await expect(page.locator("[data-testid=node-invoice][data-phase=done]")).toBeVisible();
});
