import { expect, test, vi } from "vitest";
import { addDays, dayOf, instantsOf, isDay, isZone, minuteOf, momentsOf, startOfDay, viewerZone } from "./zone";

test.each([
  ["2026-03-02", "UTC", "2026-03-02T00:00:00.000Z"],
  ["2026-03-02", "Europe/Berlin", "2026-03-01T23:00:00.000Z"],
  ["2026-07-02", "Europe/Berlin", "2026-07-01T22:00:00.000Z"],
  ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z"], // the clocks go forward later that day
  ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z"], // and back
  ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"], // there was no midnight: 00:00 became 01:00
  ["2026-03-02", "Asia/Kathmandu", "2026-03-01T18:15:00.000Z"],
  ["2026-03-02", "Pacific/Kiritimati", "2026-03-01T10:00:00.000Z"],
])("%s in %s begins at %s", (day, zone, instant) => {
  expect(new Date(startOfDay(day, zone)).toISOString()).toBe(instant);
});

test("a range of days reaches to the last microsecond of its last day", () => {
  expect(instantsOf("2026-03-28", "2026-03-29", "Europe/Berlin")).toEqual({
    start: "2026-03-27T23:00:00.000Z",
    end: "2026-03-29T21:59:59.999999Z",
  });
});

test("the day of a moment depends on the zone", () => {
  const moment = Date.parse("2026-03-02T23:30:00Z");
  expect(dayOf(moment, "UTC")).toBe("2026-03-02");
  expect(dayOf(moment, "Europe/Berlin")).toBe("2026-03-03");
  expect(dayOf(moment, "America/New_York")).toBe("2026-03-02");
});

test.each([
  ["2026-03-02T10:32", "09:32", "09:32"],
  ["2026-07-02T10:32", "08:32", "08:32"],
  ["2026-10-25T02:30", "00:30", "01:30"], // the clocks go back: it is 02:30 twice
  ["2026-10-25T03:00", "02:00", "02:00"],
  ["2026-03-29T02:30", "00:30", "01:30"], // and forward: it never is, but in between
])("it is %s in Berlin at %s, and at %s, of UTC", (minute, first, last) => {
  const { first: earlier, last: later } = momentsOf(minute, "Europe/Berlin");
  expect([earlier, later].map((time) => new Date(time).toISOString().slice(11, 16))).toEqual([first, last]);
});

test("a moment is shown to the minute, as the wall has it", () => {
  expect(minuteOf(Date.parse("2026-03-02T23:30:59.999Z"), "Europe/Berlin")).toBe("2026-03-03T00:30");
});

test("days are counted across months and years", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2028-03-01", -1)).toBe("2028-02-29");
});

test("impossible days and zones are told apart from possible ones", () => {
  expect(["2026-02-28", "2026-02-30", "2026-2-3", "soon"].map(isDay)).toEqual([true, false, false, false]);
  expect(["Europe/Berlin", "Mars/Olympus", ""].map(isZone)).toEqual([true, false, false]);
});

test.each([
  ["Europe/Berlin", "Europe/Berlin"],
  ["Etc/Unknown", "UTC"], // TZ=""
  [undefined, "UTC"],
])("a browser whose zone is %s shows days of %s", (timeZone, shown) => {
  const told = { resolvedOptions: () => ({ timeZone }) } as Intl.DateTimeFormat;
  const { DateTimeFormat } = Intl;
  vi.spyOn(Intl, "DateTimeFormat").mockImplementation(function (this: unknown, ...given: unknown[]) {
    return given.length === 0 ? told : new DateTimeFormat(...(given as ConstructorParameters<typeof DateTimeFormat>));
  });
  expect(viewerZone()).toBe(shown);
});
