import type { Meeting } from "../api/meetings";
import { dayOf, type Day } from "../time/zone";

export interface DayGroup {
  day: Day;
  meetings: Meeting[];
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
