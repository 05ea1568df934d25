import type { Meeting } from "../api/meetings";
import { formatDuration } from "../time/format";

/** "12 meetings with 7 people" */
export function summarise(meetings: readonly Meeting[], more: boolean): string {
  const people = new Set(meetings.map((meeting) => meeting.person.id)).size;
  const count = `${meetings.length}${more ? "+" : ""} ${meetings.length === 1 ? "meeting" : "meetings"}`;
  return `${count} with ${people} ${people === 1 ? "person" : "people"}`;
}

/** "3 h 20 min in all" */
export function timeTogether(meetings: readonly Meeting[]): string {
  return `${formatDuration(meetings.reduce((sum, meeting) => sum + meeting.duration_s, 0))} in all`;
}
