import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import * as api from "~/api/undoing";
import { makeQueryClient } from "~/app/providers";
import { Undo } from "~/features/effects/Undo";

const PREVIEW: api.UndoPreview = {
  title: "Credit SI-57",
  sentence: "A credit note over the whole of SI-57 is posted in Sage.",
  reference: "SI-57",
  lines: [{ text: "Office chair", quantity: "40", net: "1203.80", tax: "240.76" }],
  net: { amount: "1203.80", currency: "GBP" },
  tax: { amount: "240.76", currency: "GBP" },
  total: { amount: "1444.56", currency: "GBP" },
  seen: "digest",
};
const ASKED: api.Undoing = {
  effect: 3,
  state: "done",
  by: "dana",
  reason: "Ordered twice",
  reissue: false,
  note: "",
  number: "SCN-1",
  done_by: 4,
  asked_at: "2026-11-22T09:00:00Z",
  settled_at: "2026-11-22T09:00:01Z",
};

function shown(asked: api.Undoing | null) {
  render(
    <QueryClientProvider client={makeQueryClient()}>
      <MantineProvider>
        <Undo effect={3} title="Undo this invoice" asked={asked} />
      </MantineProvider>
    </QueryClientProvider>,
  );
}

afterEach(() => vi.restoreAllMocks());

it("shows what would be written, and asks for it only with a reason", async () => {
  vi.spyOn(api, "getCompensation").mockResolvedValue({
    title: "Undo this invoice",
    preview: PREVIEW,
    problem: null,
    asked: null,
  });
  const sent = vi.spyOn(api, "askToUndo").mockResolvedValue({ ...ASKED, state: "asked" });
  shown(null);
  fireEvent.click(screen.getByRole("button", { name: "Undo this invoice…" }));

  const button = await screen.findByRole("button", { name: "Credit SI-57" });
  expect(screen.getByText("Office chair")).toBeInTheDocument();
  expect(screen.getByText(/1,444.56 GBP/)).toBeInTheDocument();
  expect(button).toBeDisabled();
  fireEvent.change(screen.getByLabelText("Reason, kept on record"), { target: { value: "Ordered twice" } });
  fireEvent.click(button);
  await waitFor(() => expect(sent).toHaveBeenCalledWith(3, "Ordered twice", "digest"));
});

it("says why nothing can be undone now", async () => {
  vi.spyOn(api, "getCompensation").mockResolvedValue({
    title: "Undo this invoice",
    preview: null,
    problem: "SI-57 is void in Sage already.",
    asked: null,
  });
  shown(null);
  fireEvent.click(screen.getByRole("button", { name: "Undo this invoice…" }));
  expect(await screen.findByText("SI-57 is void in Sage already.")).toBeInTheDocument();
});

it("names what undid it, and does not offer it again", () => {
  shown(ASKED);
  expect(screen.getByText("Undone by SCN-1")).toBeInTheDocument();
  expect(screen.queryByRole("button")).toBeNull();
});
