import { expect, test } from "vitest";
import { meeting, person } from "../api/fakeServices";
import { groupByDay, groupByPerson } from "./grouping";
import { summarise, timeTogether } from "./summary";
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

test("whom one keeps running into comes first", () => {
  const groups = groupByPerson(MEETINGS);
  expect(groups.map((group) => [group.person.id, group.meetings.length, group.duration_s, group.closest_m])).toEqual([
    [2, 2, 1200, 0.5],
    [3, 1, 5400, 3],
  ]);
});

test("the summary counts meetings, people and time", () => {
  expect(summarise(MEETINGS, false)).toBe("3 meetings with 2 people");
  expect(summarise(MEETINGS.slice(0, 1), true)).toBe("1+ meeting with 1 person");
  expect(timeTogether(MEETINGS)).toBe("1 h 50 min in all");
});

test("a chosen meeting is found by its key, or by the moment it covers where its beginning has moved", () => {
  expect(findMeeting(MEETINGS, { person: 2, startedAt: "2026-03-03T09:00:00Z" })).toBe(MEETINGS[2]);
  expect(findMeeting(MEETINGS, { person: 2, startedAt: "2026-03-03T09:05:00Z" })).toBe(MEETINGS[2]);
  expect(findMeeting(MEETINGS, { person: 3, startedAt: "2026-03-03T09:05:00Z" })).toBeNull();
});
