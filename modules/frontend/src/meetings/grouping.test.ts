import { expect, test } from "vitest";
import { meeting, person } from "../api/fakeServices";
import { groupByDay } from "./grouping";
import { summariseMeetings } from "./summary";
import { findMeeting } from "./useMeetings";

const BOB = person(2, "Bob Noyce");
const EVE = person(3, "Eve Curie");
const MEETINGS = [
  meeting(BOB, "2026-03-02T22:30:00Z"),
  meeting(EVE, "2026-03-02T23:30:00Z", { minutes: 90, closest_m: 3 }),
  meeting(BOB, "2026-03-03T09:00:00Z", { closest_m: 0.5 }),
];

test("meetings are grouped by the day of the zone on which they began", () => {
  const days = (zone: string) => groupByDay(MEETINGS, zone).map(({ day, meetings }) => [day, meetings.length]);
  expect(days("UTC")).toEqual([
    ["2026-03-02", 2],
    ["2026-03-03", 1],
  ]);
  expect(days("Europe/Berlin")).toEqual([
    ["2026-03-02", 1],
    ["2026-03-03", 2],
  ]);
});

test("the summary counts meetings, people and time", () => {
  expect(summariseMeetings(MEETINGS, false)).toEqual({ count: "3 meetings with 2 people", time: "1 h 50 min in all" });
  expect(summariseMeetings(MEETINGS.slice(0, 1), true)).toEqual({
    count: "1+ meetings with 1+ people",
    time: "10 min and more in all",
  });
  expect(summariseMeetings(MEETINGS.slice(0, 1), false).count).toBe("1 meeting with 1 person");
});

test("a chosen meeting is found by its key, or by the moment it covers where its beginning has moved", () => {
  expect(findMeeting(MEETINGS, { person: 2, startedAt: "2026-03-03T09:00:00Z" })).toBe(MEETINGS[2]);
  expect(findMeeting(MEETINGS, { person: 2, startedAt: "2026-03-03T09:05:00Z" })).toBe(MEETINGS[2]);
  expect(findMeeting(MEETINGS, { person: 3, startedAt: "2026-03-03T09:05:00Z" })).toBeNull();
});
