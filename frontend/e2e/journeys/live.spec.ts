import { pictures } from "../where";
import { addDeal, carriedDeal, expect, node, openFlow, STEPS, test, win } from "./stage";

test("the list names the flow and says what it does", async ({ signedIn: page }) => {
  const row = page.getByRole("row").filter({ hasText: "Closed-Won to invoice" });
  await expect(row).toContainText("invoice");
  await expect(row).toContainText("dev r");
  await row.getByRole("link", { name: "Closed-Won to invoice" }).click();
  await expect(page.getByRole("heading", { name: "Closed-Won to invoice" })).toBeVisible();
  for (const id of STEPS) await expect(node(page, id)).toBeVisible();
});

test("a won deal lights up node by node, and each shows what went in and came out", async ({
  signedIn: page,
}) => {
  const deal = await addDeal(page.request);
  await openFlow(page);
  await win(page.request, deal);

  const banner = page.getByTestId("follow-banner").filter({ hasText: deal.name });
  await expect(banner).toBeVisible({ timeout: 30_000 });
  for (const id of STEPS) {
    await expect(
      node(page, id)
        .locator("[data-phase=done]")
        .or(page.locator(`[data-testid=node-${id}][data-phase=done]`)),
    ).toBeVisible({
      timeout: 30_000,
    });
  }
  await expect(banner.getByText("Succeeded")).toBeVisible();
  if (pictures) await page.screenshot({ path: `${pictures}/flow-live.png` });

  await node(page, "invoice").click();
  const panel = page.getByRole("complementary", { name: "Create invoice" });
  await expect(panel.getByText(/^Invoice .+ confirmed$/)).toBeVisible();
  await expect(panel.getByText(/Written once/)).toBeVisible();
  await panel.getByRole("tab", { name: "Input" }).click();
  await expect(panel.getByRole("tree", { name: "Input" })).toContainText("customer_id");
  await panel.getByRole("tab", { name: "Output" }).click();
  await expect(panel.getByRole("tree", { name: "Output" })).toContainText("total_amount");
});

test("a run has a page of its own, drawn on its release, with its calls and its effect", async ({
  signedIn: page,
}) => {
  const { deal, run } = await carriedDeal(page);
  await page.goto(`/runs/${run}?step=invoice`);
  await expect(page.getByRole("heading", { name: deal.name })).toBeVisible();
  await expect(page.getByText(/Drawn on release \d+/)).toBeVisible();
  await expect(page.getByRole("region", { name: "Timeline" })).toBeVisible();

  const panel = page.getByRole("complementary", { name: "Create invoice" });
  await panel.getByRole("tab", { name: "HTTP" }).click();
  await expect(panel.getByText("POST").first()).toBeVisible();
  await panel.getByRole("tab", { name: "Effect" }).click();
  await expect(panel.getByText(deal.key, { exact: false }).first()).toBeVisible();
  await expect(panel.getByText("Once per", { exact: true })).toBeVisible();
  if (pictures) await page.screenshot({ path: `${pictures}/run.png` });
});

test("when the socket is cut, the page goes on by asking", async ({ signedIn: page }) => {
  await page.routeWebSocket(/\/ws\/v1\//, (socket) => socket.close({ code: 1001 }));
  const deal = await addDeal(page.request);
  await openFlow(page);
  await expect(page.getByText(/Connection lost/).first()).toBeVisible({ timeout: 20_000 });
  await win(page.request, deal);

  const banner = page.getByTestId("follow-banner").filter({ hasText: deal.name });
  await expect(banner.getByText("Succeeded")).toBeVisible({ timeout: 40_000 });
  await expect(page.locator("[data-testid=node-write_back][data-phase=done]")).toBeVisible();
});
