import { MantineProvider } from "@mantine/core";
import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Comparison } from "~/features/failures/Comparison";

describe("a conflict", () => {
  it("shows only what differs, made before beside meant now", () => {
    render(
      <MantineProvider>
        <Comparison
          payloads={{
            confirmed: { qty: "15", date: "2026-11-20" },
            intended: { qty: "16", date: "2026-11-20" },
          }}
        />
      </MantineProvider>,
    );
    const row = screen.getByRole("row", { name: /qty/ });
    expect(
      within(row)
        .getAllByRole("cell")
        .map((cell) => cell.textContent),
    ).toEqual(["15", "16"]);
    expect(screen.queryByRole("row", { name: /date/ })).not.toBeInTheDocument();
  });
});
