import { expect, test } from "vitest";
import type { Catalogue, Effect, FlowNode, Json } from "~/api/types";
import { factsOf, iconOf, oncePer } from "~/model/describe";
import { effectWords } from "~/model/effect";
import { deeperThan, rowsOf } from "~/model/jsonTree";
import { askedFor, factsIn, gridsOf, isFigures, labelOf, plainText } from "~/model/tables";

const CATALOGUE = {
  connectors: [
    {
      id: "streak",
      title: "Streak",
      operations: [],
      triggers: [{ id: "streak.box_stage_changed", title: "Box changed stage" }],
    },
    { id: "sage50", title: "Sage 50 (cloud)", operations: [], triggers: [] },
  ],
  node_types: [{ id: "stop", version: 1, title: "Stop", category: "logic", help: "", icon: "" }],
} as Catalogue;

const call = (operation: string, config: Record<string, Json> = {}): FlowNode => ({
  type: "call",
  name: "",
  config: { operation, ...config },
});

test.each<[FlowNode, object]>([
  [call("streak.get_box"), { system: "Streak", what: "box", once: "" }],
  [
    call("sage50.create_invoice", { once_per: "$steps.deal.key" }),
    { system: "Sage 50", what: "invoice", once: "deal" },
  ],
  [call("sage50.find_or_create_customer"), { once: "customer" }],
  [
    call("streak.update_box", { input: { fields: { "Sage invoice": "x" } } }),
    { what: "Sage invoice", once: "" },
  ],
  [
    { type: "trigger", name: "", config: { trigger: "streak.box_stage_changed" } },
    { what: "Box changed stage" },
  ],
  [
    { type: "map", name: "", config: { mapping: { kind: "object", fields: [{ key: "a" }, { key: "b" }] } } },
    { kind: "map", fields: 2 },
  ],
  [{ type: "filter", name: "", config: {} }, { kind: "filter" }],
  [
    { type: "stop", name: "" },
    { kind: "type", title: "Stop" },
  ],
])("a node says what it is about: %o", (node, facts) => {
  expect(factsOf(node, CATALOGUE)).toMatchObject(facts);
});

test("a node reads without a catalogue, too", () => {
  expect(factsOf(call("odoo.get_sales_order"), undefined)).toMatchObject({
    system: "odoo",
    what: "sales order",
  });
});

test.each([
  [["$steps.deal.key"], "deal"],
  [{ $expr: "$steps.sales_order.id" }, "sales order"],
  ["$event.key", "event"],
  ['"fixed"', ""],
] as [Json, string][])("once per %o reads “%s”", (identity, read) => {
  expect(oncePer(call("x.create_y", { once_per: identity }))).toBe(read);
});

test.each([
  ["sage50.create_invoice", "file-plus"],
  ["sage50.find_or_create_customer", "user-plus"],
  ["streak.get_organization", "building-2"],
  ["streak.update_box", "pencil-line"],
  ["http.request", "plug"],
])("%s is drawn as %s", (operation, icon) => {
  expect(iconOf(call(operation))).toBe(icon);
});

const EFFECT = {
  state: "confirmed",
  operation: "sage50.create_invoice",
  record: "sales_invoice",
  far_id: "a1",
  generation: 1,
} as Effect;

test.each<[Partial<Effect>, Json, object]>([
  [{}, { number: "SI-12" }, { outcome: "created", name: "SI-12", tone: "ok" }],
  [{}, null, { outcome: "created", name: "a1" }],
  [{ far_id: "x".repeat(60) }, null, { name: "" }],
  [{ matched_by: "email" }, { name: "Acme" }, { outcome: "found", name: "Acme" }],
  [{ matched_by: "created" }, null, { outcome: "created" }],
  [{ operation: "streak.update_box" }, null, { outcome: "updated" }],
  [{ operation: "sage50.void_invoice" }, null, { outcome: "removed" }],
  [{ state: "unknown" }, null, { outcome: "unknown", tone: "warn" }],
  [{ state: "refused" }, null, { outcome: "refused", tone: "bad" }],
])("an effect in words: %o", (change, output, words) => {
  expect(effectWords({ ...EFFECT, ...change }, output)).toMatchObject(words);
});

test("a value becomes rows, folded where the reader folds", () => {
  const value = { id: 7, lines: [{ net: "1.00", "a/b": null }] };
  expect(rowsOf(value, new Set()).map((row) => `${row.depth} ${row.id} ${row.text}`)).toEqual([
    "0 /id 7",
    "0 /lines ",
    "1 /lines/0 ",
    '2 /lines/0/net "1.00"',
    "2 /lines/0/a~1b null",
  ]);
  expect(rowsOf(value, new Set(["/lines"])).map((row) => row.id)).toEqual(["/id", "/lines"]);
  expect(deeperThan(value, 1)).toEqual(new Set(["/lines/0"]));
});

test("lists of records are tables, figures are set right", () => {
  const value = {
    lines: [
      { text: "Chair", net: "1.00" },
      { text: "Desk", net: "-2.5" },
    ],
    tags: ["a"],
  };
  const [grid] = gridsOf(value);
  expect(gridsOf(value)).toHaveLength(1);
  expect(grid?.columns).toEqual(["text", "net"]);
  expect(grid && [isFigures(grid, "text"), isFigures(grid, "net")]).toEqual([false, true]);
});

test("a failure's question reads in words, its expression stays out", () => {
  const info = {
    table: "product_gl",
    table_name: "Product category",
    key: ["Lamps"],
    key_columns: ["category"],
    expression: "$x",
  };
  expect(askedFor(info)).toEqual([
    { key: "table", text: "Product category" },
    { key: "key", text: "Lamps" },
  ]);
});

test("simple fields are facts, deep ones are not", () => {
  expect(factsIn({ id: "a", none: null, empty: "", paid: false, lines: [] })).toEqual([
    { key: "id", text: "a" },
    { key: "paid", text: "false" },
  ]);
  expect(labelOf("unit_price")).toBe("Unit price");
  expect([plainText(["a", "b"]), plainText({}), plainText(3)]).toEqual(["a, b", null, "3"]);
});
