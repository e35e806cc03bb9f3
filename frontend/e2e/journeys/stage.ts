import { type APIRequestContext, test as base, expect, type Page } from "@playwright/test";
import { FLOW, password, sandbox, username } from "../where";

/** Ids of the template flow's steps, in their order. */
export const STEPS = [
  "won",
  "deal",
  "is_won",
  "contact",
  "organization",
  "customer",
  "lines",
  "invoice",
  "write_back",
] as const;

type Fixtures = { complaints: string[]; signedIn: Page };

/** Every journey fails on a policy violation or an error in the page, whatever else it looks at. */
export const test = base.extend<Fixtures>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
      await page.exposeFunction("reportViolation", (text: string) => complaints.push(`policy: ${text}`));
      await page.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          const report = (globalThis as unknown as { reportViolation: (text: string) => void })
            .reportViolation;
          report(`${event.violatedDirective} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
        });
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
  signedIn: async ({ page }, use) => {
    await page.goto("/flows");
    await signIn(page);
    await expect(page.getByRole("heading", { name: "Flows" })).toBeVisible();
    await use(page);
  },
});

export async function signIn(page: Page, secret: string = password): Promise<void> {
  await page.getByLabel("User name").fill(username);
  await page.getByRole("textbox", { name: "Password" }).fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export type Deal = { key: string; name: string };
type Line = {
  sku: string;
  description: string;
  category: string;
  quantity: string;
  unit_price: string;
  tax: string;
};

const CHAIR: Line = {
  sku: "CHR-1",
  description: "Oak chair, stackable",
  category: "Furniture",
  quantity: "4",
  unit_price: "30.25",
  tax: "standard",
};

const COMPANIES = ["Fern & Fold", "Harbour Row", "Pier Nine", "Oak & Ash", "Moss Hotel"];
let count = 0;

/** Short, and new in every run of these journeys: what makes a name of theirs unique. */
export function freshTag(): string {
  count += 1;
  return `${Date.now().toString(36).slice(-4)}${count}`.toUpperCase();
}

/** A new deal of a new customer in the CRM's sandbox, still in negotiation. */
export async function addDeal(request: APIRequestContext, category = "Furniture"): Promise<Deal> {
  const tag = freshTag();
  const company = `${COMPANIES[count % COMPANIES.length]} ${tag}`;
  const name = `${company} - 4 chairs`;
  const customer = {
    organization: `${company} Ltd`,
    domain: `${tag.toLowerCase()}.example`,
    given_name: "Jo",
    family_name: "Ferris",
    email: `jo@${tag.toLowerCase()}.example`,
  };
  const data = {
    name,
    stage: "Negotiation",
    customer,
    currency: "GBP",
    tax: "Standard",
    category,
    lines: [{ ...CHAIR, category }],
  };
  const answer = await request.post(`${sandbox}/api/deals`, { data });
  expect(answer.ok(), await answer.text()).toBe(true);
  return { key: (await answer.json()).key, name };
}

/** What a salesperson does: drag the deal to Closed Won. */
export async function win(request: APIRequestContext, deal: Deal): Promise<void> {
  const answer = await request.post(`${sandbox}/api/deals/${deal.key}/move`, {
    data: { stage: "Closed Won" },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Open the flow's page and wait until it listens, so that nothing that happens next is missed. */
export async function openFlow(page: Page): Promise<void> {
  await page.goto(`/flows/${FLOW}`);
  await expect(page.getByTestId("node-won")).toBeVisible();
  const recent = page.getByRole("complementary", { name: "Recent runs" });
  await expect(recent.getByRole("status").filter({ hasText: /Live|Connection lost/ })).toBeVisible();
  await expect(
    page.getByText(/Ready for the next deal|Waiting for the first run|Open run/).first(),
  ).toBeVisible();
}

/** A deal that is won and followed to the end; gives the number of its run. */
export async function carriedDeal(page: Page): Promise<{ deal: Deal; run: string }> {
  const deal = await addDeal(page.request);
  await openFlow(page);
  await win(page.request, deal);
  const banner = page.getByTestId("follow-banner").filter({ hasText: deal.name });
  await expect(banner.getByText("Succeeded")).toBeVisible({ timeout: 45_000 });
  const address = (await banner.getByRole("link", { name: "Open run" }).getAttribute("href")) ?? "";
  return { deal, run: address.split("/").at(-1) ?? "" };
}

export const node = (page: Page, id: string) => page.getByTestId(`node-${id}`);

export { expect };
