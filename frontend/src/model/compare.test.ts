import { describe, expect, it } from "vitest";
import { differences } from "~/model/compare";

const INVOICE = { contact_id: "c1", invoice_lines: [{ quantity: "15", unit_price: "30.095" }] };

describe("two contents", () => {
  it("are told apart by field, list items by their place", () => {
    const changed = { ...INVOICE, invoice_lines: [{ quantity: "16", unit_price: "30.095" }] };
    expect(differences(INVOICE, changed)).toEqual([
      { place: "invoice_lines[1] / quantity", before: "15", after: "16" },
    ]);
  });

  it("show what only one of them has", () => {
    expect(differences({ a: 1 }, { a: 1, b: [] })).toEqual([{ place: "b", before: undefined, after: [] }]);
    expect(differences({ a: 1, c: null }, { a: 1 })).toEqual([
      { place: "c", before: null, after: undefined },
    ]);
  });

  it("have no difference when they are equal", () => {
    expect(differences(INVOICE, structuredClone(INVOICE))).toEqual([]);
  });
});
