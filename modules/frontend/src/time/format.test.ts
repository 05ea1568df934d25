import { expect, test } from "vitest";
import { formatDay, formatDuration, formatMetres, formatMinute, formatSpan } from "./format";

test.each([
  [0, "a moment"],
  [45, "45 s"],
  [59.6, "1 min"],
  [60 * 59.6, "1 h 00 min"],
  [3900, "1 h 05 min"],
])("%d seconds read as %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("metres have a decimal only where it matters", () => {
  expect([0.04, 1.84, 9.94, 12.3].map(formatMetres)).toEqual(["0.0 m", "1.8 m", "9.9 m", "12 m"]);
});

test("a span shows as much as is needed to tell its ends apart", () => {
  expect(formatSpan("2026-03-02T10:32:00Z", "2026-03-02T10:58:00Z")).toMatch(/^\d\d:32 – \d\d:58$/);
  expect(formatSpan("2026-03-02T10:32:10Z", "2026-03-02T10:32:40Z")).toMatch(/^\d\d:32:10 – \d\d:32:40$/);
  expect(formatSpan("2026-03-02T10:32:10Z", "2026-03-02T10:32:10Z")).toMatch(/^\d\d:32:10$/);
  expect(formatSpan("2026-03-02T10:32:00Z", "2026-03-03T10:40:00Z")).toMatch(/ – Tue \d\d:40$/);
});

test("a minute is that of today, or has its day", () => {
  const time = new Date(2026, 2, 5, 12, 3, 7).getTime();
  expect(formatMinute(time, time)).toBe("12:03");
  expect(formatMinute(time, time + 24 * 3_600_000)).toBe("Thu 5 Mar 2026, 12:03");
});

test("a day is written out", () => {
  expect(formatDay("2026-03-02")).toBe("Monday 2 March 2026");
});
