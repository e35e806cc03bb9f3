import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { dropSocket } from "~/api/live";
import { useUi } from "~/stores/uiStore";
import { open } from "~/test/render";
import { serve } from "~/test/server";

beforeEach(() => {
  dropSocket();
  useUi.setState({ environment: "dev", view: "outline", signInNeeded: false });
});

test("nothing to decide is good news", async () => {
  serve({ seeded: false });
  open("/approvals");
  expect(await screen.findByText("Nothing to decide")).toBeInTheDocument();
});

test("a question is approved with its form, and the run goes on", async () => {
  const { world, asked } = serve();
  world.ask(8);
  open("/approvals");
  const user = userEvent.setup();
  expect(await screen.findByText("1 waits for you")).toBeInTheDocument();
  const nav = screen.getByRole("navigation", { name: "Main" });
  expect(within(nav).getByRole("link", { name: /Approvals/ })).toHaveTextContent("Approvals1");

  await user.click(screen.getByRole("link", { name: /^Invoice / }));
  const panel = await screen.findByRole("complementary", { name: /^Invoice / });
  expect(panel).toHaveTextContent("The discount is more than usual.");
  const labels = within(panel)
    .getAllByText(/^(Discount|Terms|Ship now)/)
    .map((label) => label.textContent?.replace(" *", ""));
  expect(labels).toEqual(["Discount", "Terms", "Ship now"]);

  await user.click(within(panel).getByRole("button", { name: "Approve" }));
  expect(await within(panel).findByRole("alert")).toHaveTextContent("Some fields need another look");
  expect(panel).toHaveTextContent("Is missing.");

  await user.type(within(panel).getByLabelText(/^Discount/), "12.50");
  await user.selectOptions(within(panel).getByLabelText("Ship now"), "no");
  await user.type(within(panel).getByLabelText("Note"), "As agreed.");
  await user.click(within(panel).getByRole("button", { name: "Approve" }));
  await waitFor(() => expect(world.runs.get(8).state).toBe("succeeded"));
  const sent = asked.filter(({ method }) => method === "POST").at(-1);
  expect(sent?.body).toEqual({
    approve: true,
    answer: { discount: "12.50", ship: false },
    note: "As agreed.",
  });
  expect(await within(panel).findByText("12.50")).toBeInTheDocument();
  expect(panel).toHaveTextContent("anna");
});

test("rejecting needs no form; who was late is told who was first", async () => {
  const { world } = serve();
  const one = world.ask(8);
  open("/approvals/1");
  const user = userEvent.setup();
  const panel = await screen.findByRole("complementary", { name: /^Invoice / });
  const reject = await within(panel).findByRole("button", { name: "Reject" });
  world.decide(one, { approve: true, answer: { discount: "1" }, note: "" }, "kim");
  await user.click(reject);
  expect(await screen.findByText("kim has approved this.")).toBeInTheDocument();
  expect(await within(panel).findByText("kim")).toBeInTheDocument();
});

test("who has another role may look", async () => {
  const { world } = serve();
  world.ask(8, { role: "releaser", may_decide: false });
  open("/approvals/1");
  const panel = await screen.findByRole("complementary", { name: /^Invoice / });
  expect(await within(panel).findByText(/This is for releasers/)).toBeInTheDocument();
  expect(within(panel).queryByRole("button", { name: "Approve" })).toBeNull();
});

test("the page of a run that waits leads to its question", async () => {
  const { world } = serve();
  world.ask(8);
  open("/runs/8");
  expect(await screen.findByText(/^Waits for a decision: Invoice /)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Decide" })).toHaveAttribute("href", "/approvals/1");
});
