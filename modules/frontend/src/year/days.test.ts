import { expect, test } from "vitest";
import { person } from "../api/fakeServices";
import type { DaySummary } from "../api/summaries";
import { dayAfterKey, levelOf, metDays, weeksOf } from "./days";

function summary(day: string, id: number, duration_s: number): DaySummary {
  const times = { first_met_at: `${day}T09:00:00Z`, last_met_at: `${day}T10:00:00Z` };
  const closest = { encounters: 1, closest_m: 1, closest_sd_m: 0.4 };
  return { period: day, first_day: day, last_day: day, person: person(id, "Bob Noyce"), duration_s, ...closest, ...times };
}

test("a day has the time with everybody, and them with the most time first", () => {
  const days = metDays([summary("2026-03-02", 4, 60), summary("2026-03-02", 3, 60), summary("2026-03-02", 2, 600), summary("2026-03-05", 2, 30)]);
  expect([...days.keys()]).toEqual(["2026-03-02", "2026-03-05"]);
  expect(days.get("2026-03-02")?.seconds).toBe(720);
  expect(days.get("2026-03-02")?.rows.map(({ person: { id } }) => id)).toEqual([2, 3, 4]);
});

test("the colour goes up with the time, each border included", () => {
  expect([0, 1, 900, 901, 3_600, 14_400, 14_401].map(levelOf)).toEqual([0, 1, 1, 2, 2, 3, 4]);
});

test("weeks begin on Monday and hold each day of the month once", () => {
  expect(weeksOf(2026, 3)[0]).toEqual([null, null, null, null, null, null, "2026-03-01"]);
  expect(weeksOf(2027, 2)).toHaveLength(4); // Monday the 1st to Sunday the 28th
  expect(weeksOf(2028, 2).flat().filter(Boolean).at(-1)).toBe("2028-02-29");
  const year = Array.from({ length: 12 }, (_, month) => weeksOf(2026, month + 1).flat().filter(Boolean)).flat();
  expect(new Set(year).size).toBe(365);
});

test.each([
  ["2026-03-02", "ArrowRight", "2026-03-03"],
  ["2026-03-31", "ArrowRight", "2026-04-01"],
  ["2026-03-02", "ArrowUp", "2026-02-23"],
  ["2026-01-01", "ArrowLeft", "2026-01-01"],
  ["2026-12-30", "ArrowDown", "2026-12-30"],
  ["2026-03-31", "PageUp", "2026-02-28"],
  ["2026-12-05", "PageDown", "2026-12-05"],
  ["2026-02-11", "End", "2026-02-28"],
  ["2026-02-11", "Home", "2026-02-01"],
  ["2026-02-11", "a", null],
])("from %s %s leads to %s", (day, key, expected) => {
  expect(dayAfterKey(day, key)).toBe(expected);
});
