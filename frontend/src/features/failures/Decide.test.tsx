import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import * as endpoints from "~/api/endpoints";
import type { Run } from "~/api/types";
import { makeQueryClient } from "~/app/providers";
import { Decide } from "~/features/failures/Decide";

const RUN = { id: 7, title: "Pier Nine" } as Run;

afterEach(() => vi.restoreAllMocks());

it.each([
  [true, "It never happened", "never_happened"],
  [false, "Make it again", "make_again"],
] as const)("sends the reason with the decision (unknown outcome: %s)", async (unknown, button, decision) => {
  const sent = vi.spyOn(endpoints, "decideRun").mockResolvedValue(RUN);
  render(
    <QueryClientProvider client={makeQueryClient()}>
      <MantineProvider>
        <Decide run={RUN} unknown={unknown} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  fireEvent.change(screen.getByLabelText("The reason, kept with the decision"), {
    target: { value: "Looked" },
  });
  fireEvent.click(screen.getByRole("button", { name: button }));
  await waitFor(() => expect(sent).toHaveBeenCalledWith(7, decision, "Looked"));
});
