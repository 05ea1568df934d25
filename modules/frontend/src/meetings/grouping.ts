import { dayOf, type Day } from "../time/zone";

export interface DayGroup<Met> {
  day: Day;
  meetings: Met[];
}

/** By the day on which they began, in the order in which they come. */
export function groupByDay<Met extends { started_at: string }>(meetings: readonly Met[], zone: string): DayGroup<Met>[] {
  const groups = new Map<Day, DayGroup<Met>>();
  for (const meeting of meetings) {
    const day = dayOf(Date.parse(meeting.started_at), zone);
    const group = groups.get(day);
    if (group) group.meetings.push(meeting);
    else groups.set(day, { day, meetings: [meeting] });
  }
  return [...groups.values()];
}
