import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { dropSocket } from "~/api/live";
import type { Lane, Notice, Waits } from "~/api/operating";
import { useUi } from "~/stores/uiStore";
import { open } from "~/test/render";
import { serve } from "~/test/server";

beforeEach(() => {
  dropSocket();
  useUi.setState({ environment: "dev", view: "outline", signInNeeded: false });
});

const soon = () => new Date(Date.now() + 120_000).toISOString();
const NOTHING = { until: null, run: null, connection: null, effect: null, approval: null };
const TURN: Waits = {
  ...NOTHING,
  kind: "turn",
  sentence: "Waits its turn behind run 7, which waits for a person.",
  run: 7,
};
const LANE: Lane = {
  id: 4,
  key: "box-123",
  place: 2,
  holder: 7,
  ahead: 1,
  behind: 1,
  sentence:
    "Lane box-123: waits its turn behind run 7, which waits for a person. 1 run waits behind this one.",
};
const SILENT: Notice = {
  kind: "not_answering",
  name: "Sage (sandbox)",
  sentence: "Sage did not answer in time.",
  since: new Date().toISOString(),
  until: soon(),
  waiting: 31,
  connection: 2,
  endpoint: null,
  flow: "",
  environment: "dev",
};

test("a run behind others in its lane waits its turn, and leads to who holds it up", async () => {
  const { world } = serve();
  Object.assign(world.runs.get(8), {
    state: "queued",
    result: "",
    ended_at: null,
    waits_for: TURN,
    lane: LANE,
  });
  open("/runs/8");
  expect(await screen.findByText("Waits its turn")).toBeInTheDocument();
  const line = screen.getByTestId("waits");
  expect(within(line).getByRole("link", { name: "Open run 7" })).toHaveAttribute("href", "/runs/7");
  expect(line).toHaveTextContent("Lane box-123: waits its turn behind run 7");
  expect(line).toHaveTextContent("1 run waits behind this one.");
  await userEvent.setup().click(screen.getByRole("link", { name: "Show the lane" }));
  expect(await screen.findByRole("button", { name: "Lane 4" })).toBeInTheDocument();
});

test("who is in front is asked for again, since it changes without the run", async () => {
  const { world } = serve();
  const run = world.runs.get(8);
  Object.assign(run, { state: "parked", reason: "person", result: "", ended_at: null });
  run.lane = {
    ...LANE,
    holder: 8,
    ahead: 0,
    behind: 2,
    sentence: "Lane box-123: 2 runs wait behind this one.",
  };
  open("/runs/8");
  expect(await screen.findByTestId("lane")).toHaveTextContent("2 runs wait behind this one.");
});

test("what a run waits for is said with when it goes on by itself", async () => {
  const { world } = serve();
  const waits = {
    ...NOTHING,
    kind: "silent",
    sentence: "“Sage” is not answering.",
    until: soon(),
    connection: 2,
  };
  Object.assign(world.runs.get(8), { state: "parked", reason: "retry", result: "", waits_for: waits });
  open("/runs/8");
  expect(await screen.findByTestId("waits")).toHaveTextContent(
    /“Sage” is not answering\. Goes on by itself at .*\d\d:\d\d at the latest\. Open the connection/,
  );
  expect(screen.getByText("No answer yet")).toBeInTheDocument();
});

test("a waiting run is given up with a reason", async () => {
  const { world, asked } = serve();
  open("/runs/9");
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "More" }));
  await user.click(await screen.findByRole("menuitem", { name: "Give up…" }));
  const dialog = await screen.findByRole("dialog");
  const button = within(dialog).getByRole("button", { name: "Give up" });
  expect(button).toBeDisabled();
  await user.type(within(dialog).getByLabelText("Reason, kept on record"), "The order was cancelled");
  await user.click(button);
  await waitFor(() => expect(world.runs.get(9).state).toBe("failed"));
  expect(asked.find(({ url }) => url.endsWith("/give-up/"))?.body).toEqual({
    reason: "The order was cancelled",
  });
});

test("a step is skipped with what it comes to; what isn't JSON is refused before anything is sent", async () => {
  const { world, asked } = serve();
  open("/runs/9");
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "More" }));
  await user.click(await screen.findByRole("menuitem", { name: "Go on without this step…" }));
  const dialog = await screen.findByRole("dialog", { name: "Go on without “Map lines”?" });
  await user.type(within(dialog).getByLabelText("Reason, kept on record"), "Posted by hand");
  const output = within(dialog).getByRole("textbox", { name: /What it comes to/ });
  await user.type(output, "lines");
  await user.click(within(dialog).getByRole("button", { name: "Skip the step" }));
  expect(await within(dialog).findByText(/This is not JSON/)).toBeInTheDocument();
  await user.clear(output);
  await user.type(output, '"none"');
  await user.click(within(dialog).getByRole("button", { name: "Skip the step" }));
  await waitFor(() => expect(world.runs.get(9).state).toBe("queued"));
  const sent = asked.find(({ method, url }) => method === "POST" && url.endsWith("/skip/"));
  expect(sent?.body).toEqual({ reason: "Posted by hand", output: "none", port: "" });
});

test("a connection that doesn't answer is told on the lists, and can be tried now", async () => {
  const { world } = serve();
  world.notices = [SILENT];
  open("/runs");
  const notices = await screen.findByRole("list", { name: "Notices" });
  expect(notices).toHaveTextContent(/Sage \(sandbox\) has not answered since \d\d:\d\d/);
  expect(notices).toHaveTextContent(/Trying again at .*\d\d:\d\d\. 31 runs wait\./);
  await userEvent.setup().click(within(notices).getByRole("button", { name: "Try now" }));
  expect(await screen.findByText("Sage (sandbox) answers again")).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByRole("list", { name: "Notices" })).toBeNull());
});

test("a failure says what it holds up, and all its runs are given up with one reason", async () => {
  const { world } = serve();
  const group = world.failures.get(1);
  group.blocks = 4;
  open("/failures/1");
  const panel = await screen.findByRole("complementary");
  expect(await within(panel).findByText(/4 more wait their turn behind/)).toBeInTheDocument();
  const user = userEvent.setup();
  await user.click(within(panel).getByRole("button", { name: "Give up…" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Reason, kept on record"), "Not needed");
  await user.click(within(dialog).getByRole("button", { name: "Give 1 run up" }));
  expect(await screen.findByText("1 run has ended as failed")).toBeInTheDocument();
});

test("a poll that fails is a failure on which no run waits", async () => {
  const { world } = serve();
  const group = world.failures.get(1);
  for (const run of world.waiting(group)) run.failure = null;
  Object.assign(group, {
    kind: "auth",
    sentence: "Sage does not accept the sign-in.",
    info: { endpoint: 3, since: "" },
  });
  open("/failures/1");
  const panel = await screen.findByRole("complementary");
  expect(await within(panel).findByText("Looking for events fails here")).toBeInTheDocument();
  expect(within(panel).getByRole("link", { name: "Open the endpoint" })).toHaveAttribute(
    "href",
    "/admin/integrations/endpoint/3/change/",
  );
  expect(within(panel).queryByRole("button", { name: /^Retry/ })).toBeNull();
});
