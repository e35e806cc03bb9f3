import { screen, within } from "@testing-library/react";
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

const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const FLOW = {
  id: 1,
  flow: "closed-won-to-invoice",
  environment: "dev",
  node: "won",
  trigger: "",
  active: true,
  paused_at: null,
  paused_by: "",
  paused_why: "",
};

async function startLine(endpoint: { kind: string; poll?: object; schedule?: object }) {
  const { world } = serve();
  Object.assign(world, { endpoints: [{ ...FLOW, poll: null, schedule: null, ...endpoint }] });
  open("/flows/closed-won-to-invoice");
  return screen.findByTestId("start");
}

test("a flow that is called says so", async () => {
  expect(await startLine({ kind: "webhook" })).toHaveTextContent("Starts when it is called");
});

test("a poll says how often it looks, when it did, what it found, and what is wrong", async () => {
  const poll = {
    interval: 300,
    next_at: at(100),
    last_ok: at(-130),
    last_new: 3,
    failures: 2,
    note: "Sage is slow.",
  };
  const line = await startLine({ kind: "poll", poll });
  expect(line).toHaveTextContent("Looks every 5 minutes; last looked 2 min ago; 3 new");
  expect(line).toHaveTextContent("Sage is slow.");
});

test("a poll that has not looked yet says only how often it will", async () => {
  const poll = { interval: 60, next_at: at(1), last_ok: null, last_new: 0, failures: 0, note: "" };
  expect(await startLine({ kind: "poll", poll })).toHaveTextContent("Looks every minute; has not looked yet");
});

test("a schedule says when it is due next and what it has missed", async () => {
  const schedule = { description: "At 01:30 every day, London time", next_due: at(3600), missed: 2 };
  const line = await startLine({ kind: "schedule", schedule });
  await within(line).findByRole("button", { name: "Pause" });
  expect(line).toHaveTextContent(
    /^At 01:30 every day, London time\. Next .*\d\d:\d\d; 2 times passed without a runPause$/,
  );
});

test("a poll is paused with a reason, says so, and is resumed", async () => {
  const poll = { interval: 60, next_at: at(30), last_ok: at(-20), last_new: 0, failures: 0, note: "" };
  const line = await startLine({ kind: "poll", poll });
  const user = userEvent.setup();
  expect(line).toHaveTextContent(/Next look .*\d\d:\d\d/);
  await user.click(await within(line).findByRole("button", { name: "Pause" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText(/Nothing is lost/)).toBeInTheDocument();
  await user.type(within(dialog).getByLabelText("Reason, kept on record"), "Sage is moved");
  await user.click(within(dialog).getByRole("button", { name: "Pause" }));
  expect(await within(line).findByText("Paused by anna: Sage is moved")).toBeInTheDocument();
  await user.click(await within(line).findByRole("button", { name: "Resume" }));
  expect(await within(line).findByRole("button", { name: "Pause" })).toBeInTheDocument();
});

test("a closed endpoint starts nothing", async () => {
  const { world } = serve();
  world.endpoints = [{ ...FLOW, kind: "webhook", active: false, poll: null, schedule: null }];
  open("/flows/closed-won-to-invoice");
  await screen.findByText("Recent runs");
  expect(screen.queryByTestId("start")).toBeNull();
});
