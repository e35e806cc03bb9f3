import { expect, test } from "vitest";
import {
  formatAge,
  formatDateTime,
  formatDecimal,
  formatDuration,
  formatMoney,
  formatShort,
} from "~/model/format";

test.each([
  ["1240", "1,240.00"],
  ["1240.5", "1,240.50"],
  ["0.1", "0.10"],
  ["-90.5", "−90.50"],
  ["1234567.891", "1,234,567.891"],
  ["12345678901234567890.10", "12,345,678,901,234,567,890.10"],
  ["007.00", "7.00"],
  ["n/a", "n/a"],
])("the amount %s reads %s", (amount, read) => {
  expect(formatDecimal(amount)).toBe(read);
});

test("the currency stands after the amount", () => {
  expect(formatMoney({ amount: "684", currency: "GBP" })).toBe("684.00 GBP");
});

test.each([
  [0, "<1 ms"],
  [12, "12 ms"],
  [999.4, "999 ms"],
  [1200, "1.2 s"],
  [9999, "9.9 s"],
  [46_900, "46.9 s"],
  [125_000, "2 min 5 s"],
  [3_840_000, "1 h 4 min"],
  [180_000_000, "2 d 2 h"],
])("%d milliseconds read %s", (ms, read) => {
  expect(formatDuration(ms)).toBe(read);
});

test("moments are exact in full and short today", () => {
  const at = new Date(2026, 10, 21, 14, 2, 11);
  expect(formatDateTime(at.toISOString())).toBe("21 Nov 2026, 14:02:11");
  expect(formatShort(at.toISOString(), at.getTime() + 60_000)).toBe("14:02");
  expect(formatShort(at.toISOString(), at.getTime() + 86_400_000)).toBe("21 Nov, 14:02");
});

test.each([
  [5_000, "5 s"],
  [360_000, "6 min"],
  [14_400_000, "4 h"],
  [172_800_000, "2 d"],
])("%d milliseconds ago reads %s", (ms, read) => {
  expect(formatAge(new Date(1_000_000_000_000 - ms).toISOString(), 1_000_000_000_000)).toBe(read);
});
