import type { Meeting } from "../api/meetings";
import type { Person } from "../api/persons";
import { dayOf, type Day } from "../time/zone";

export interface DayGroup {
  day: Day;
  meetings: Meeting[];
}

export interface PersonGroup {
  person: Person;
  meetings: Meeting[];
  duration_s: number;
  closest_m: number;
}

/** By the day on which they began, in the order in which they come. */
export function groupByDay(meetings: readonly Meeting[], zone: string): DayGroup[] {
  const groups = new Map<Day, DayGroup>();
  for (const meeting of meetings) {
    const day = dayOf(Date.parse(meeting.started_at), zone);
    const group = groups.get(day);
    if (group) group.meetings.push(meeting);
    else groups.set(day, { day, meetings: [meeting] });
  }
  return [...groups.values()];
}

/** By person, whom one keeps running into first: most meetings, then most time. */
export function groupByPerson(meetings: readonly Meeting[]): PersonGroup[] {
  const groups = new Map<number, PersonGroup>();
  for (const meeting of meetings) {
    const group = groups.get(meeting.person.id) ?? {
      person: meeting.person,
      meetings: [],
      duration_s: 0,
      closest_m: Infinity,
    };
    group.meetings.push(meeting);
    group.duration_s += meeting.duration_s;
    group.closest_m = Math.min(group.closest_m, meeting.closest_m);
    groups.set(meeting.person.id, group);
  }
  return [...groups.values()].sort((a, b) => b.meetings.length - a.meetings.length || b.duration_s - a.duration_s);
}
