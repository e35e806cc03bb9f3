import { expect, test } from "vitest";
import { answerOf, fieldsOf, problemsOf } from "~/model/form";

const FORM = {
  required: ["discount"],
  properties: {
    ship: { title: "Ship now", type: "boolean", "x-order": 3 },
    discount: { title: "Discount", type: "string", format: "decimal", "x-order": 1, "x-help": "In percent." },
    terms: { title: "Terms", type: "string", enum: ["net 14", "net 30"], "x-order": 2 },
    days: { title: "Days", type: "number", "x-order": 4 },
    on: { title: "On", type: "string", format: "date", "x-order": 5 },
    why: { type: "string", "x-order": 6 },
  },
};

test("fields come in their order, whatever order the members have", () => {
  const fields = fieldsOf(FORM);
  expect(fields.map(({ name }) => name)).toEqual(["discount", "terms", "ship", "days", "on", "why"]);
  expect(fields.map(({ kind }) => kind)).toEqual(["decimal", "choice", "yes_no", "number", "date", "text"]);
  expect(fields[0]).toMatchObject({ required: true, help: "In percent." });
  expect(fields[5]?.label).toBe("why");
});

test("decimals stay text, numbers and yes or no don't, and what is empty is left out", () => {
  const typed = { discount: " 12.50 ", ship: "no", days: "14", terms: "", why: "  " };
  expect(answerOf(fieldsOf(FORM), typed)).toEqual({ discount: "12.50", ship: false, days: 14 });
});

test("what can't be read as a number is sent as it is, for the server to refuse", () => {
  expect(answerOf(fieldsOf(FORM), { days: "many" })).toEqual({ days: "many" });
});

test("problems stand at their fields, without saying the name again", () => {
  const errors = [
    { pointer: "/answer/discount", message: "discount: is missing." },
    { pointer: "/note", message: "note: too long." },
  ];
  expect(problemsOf(errors)).toEqual({ discount: "Is missing." });
});
