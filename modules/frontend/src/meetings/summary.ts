import type { Meeting } from "../api/meetings";
import { formatDuration } from "../time/format";

/** "12 meetings with 7 people", and "3 h 20 min in all". `more`: there are others, further down the list. */
export function summariseMeetings(meetings: readonly Meeting[], more: boolean): { count: string; time: string } {
  const people = new Set(meetings.map((meeting) => meeting.person.id)).size;
  const seconds = meetings.reduce((sum, { duration_s }) => sum + duration_s, 0);
  const number = (count: number) => `${count.toLocaleString("en-GB")}${more ? "+" : ""}`;
  const word = (count: number, one: string, many: string) => (count === 1 && !more ? one : many);
  return {
    count: `${number(meetings.length)} ${word(meetings.length, "meeting", "meetings")} with ${number(people)} ${word(people, "person", "people")}`,
    time: `${formatDuration(seconds)}${more ? " and more" : ""} in all`,
  };
}
