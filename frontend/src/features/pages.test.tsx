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

test("nobody sees a page before signing in, and lands on it after", async () => {
  const { asked } = serve({ signedIn: false });
  open("/runs");
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText("User name"), "anna");
  await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("do not match");
  expect(asked.every(({ url }) => url.startsWith("/api/v1/session/"))).toBe(true);

  await user.clear(screen.getByLabelText("Password"));
  await user.type(screen.getByLabelText("Password"), "correct horse{Enter}");
  expect(await screen.findByRole("heading", { name: "Runs" })).toBeInTheDocument();
});

test("the list says what a flow does and how it is", async () => {
  serve();
  open("/flows");
  const row = (await screen.findByRole("link", { name: "Closed-Won to invoice" })).closest(
    "tr",
  ) as HTMLElement;
  expect(row).toHaveTextContent("one sales invoice in Sage 50");
  expect(row).toHaveTextContent("1 waits");
  expect(row).toHaveTextContent("dev r3");
  expect(within(row).getByRole("img")).toHaveAccessibleName(/9 runs in the last 24 hours/);
});

test("a flow without runs says what to do so that there is one", async () => {
  serve({ seeded: false });
  open("/flows/closed-won-to-invoice");
  expect(await screen.findByText("Waiting for the first run")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Open the sandbox" })).toHaveAttribute(
    "href",
    "http://127.0.0.1:8300",
  );
});

test("a finished run shows each step, and a step what came of it", async () => {
  serve();
  open("/runs/8");
  const user = userEvent.setup();
  await user.click(await screen.findByTestId("outline-invoice"));
  const panel = await screen.findByRole("complementary", { name: "Create invoice" });
  expect(await within(panel).findByText(/^Invoice SI-\d+ confirmed$/)).toBeInTheDocument();
  await user.click(within(panel).getByRole("tab", { name: "Input" }));
  expect(await within(panel).findByRole("tree", { name: "Input" })).toHaveTextContent('customer_id"c-1001"');
});

test("a parked run says what to do; retry shows its plan before anything moves", async () => {
  const { world, asked } = serve();
  open("/runs/9?step=lines");
  const user = userEvent.setup();
  const panel = await screen.findByRole("complementary", { name: "Map lines" });
  expect(await within(panel).findByText(/Add the missing row to the mapping table/)).toBeInTheDocument();

  await user.click(within(panel).getByRole("button", { name: "Retry from this step" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText("6 steps are reused, not run again")).toBeInTheDocument();
  expect(within(dialog).getByText(/3 steps run again: Map lines, Create invoice/)).toBeInTheDocument();
  expect(within(dialog).getByText("1 write is already confirmed and is skipped")).toBeInTheDocument();
  expect(asked.some(({ method }) => method === "POST")).toBe(false);

  await user.click(within(dialog).getByRole("button", { name: "Retry from Map lines" }));
  await waitFor(() => expect(world.runs.get(9).state).toBe("queued"));
  expect(await screen.findByText("Run 9 goes on")).toBeInTheDocument();
});

test("filters of the runs are in the address and in the question", async () => {
  const { asked } = serve();
  open("/runs?state=parked");
  expect(await screen.findByRole("link", { name: "Harlow Interiors - 12 lamps" })).toBeInTheDocument();
  expect(screen.queryByRole("link", { name: /Acme/ })).toBeNull();
  expect(asked.some(({ url }) => url.includes("state=parked") && url.includes("environment=dev"))).toBe(true);
});

test("a failure shows what it is about and retries its runs", async () => {
  const { world } = serve();
  open("/failures/1");
  const user = userEvent.setup();
  const panel = await screen.findByRole("complementary", { name: /No row for/ });
  expect(await within(panel).findByText("Lighting")).toBeInTheDocument();
  expect(panel).toHaveTextContent("820.80 GBP in 1 run");
  await user.click(within(panel).getByRole("button", { name: "Retry 1 run" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Retry 1 run" }));
  await waitFor(() => expect(world.runs.get(9).state).toBe("queued"));
});

test("a healthy day is good news", async () => {
  serve({ seeded: false });
  open("/failures");
  expect(await screen.findByText("Nothing needs you")).toBeInTheDocument();
});

test("an unknown address says so and leads home", async () => {
  serve();
  open("/nowhere/at/all");
  expect(await screen.findByRole("heading", { name: "Nothing is here" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Go to home" })).toHaveAttribute("href", "/");
});

test("a session that ended is renewed over the page", async () => {
  const { context } = serve();
  open("/runs");
  expect(await screen.findByRole("heading", { name: "Runs" })).toBeInTheDocument();
  context.signedIn = false;
  useUi.setState({ signInNeeded: true });
  const user = userEvent.setup();
  const dialog = await screen.findByRole("dialog", { name: "Sign in again" });
  await user.type(within(dialog).getByLabelText("User name"), "anna");
  await user.type(within(dialog).getByLabelText("Password"), "correct horse{Enter}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.getByRole("heading", { name: "Runs" })).toBeInTheDocument();
});
