import type { NewForgotten } from "../api/sharing";
import { minuteOf, momentsOf, viewerZone, type WallMinute } from "../time/zone";

/** What was chosen: so many hours until now, or from one minute to another by the viewer's clock. */
export type Choice = { hours: number } | { from: WallMinute; to: WallMinute };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const LAST_HOUR: Choice = { hours: 1 };
export const LAST_DAY: Choice = { hours: 24 };

/** The last hour as a range, to be changed. */
export function rangeUntil(now: number): Choice {
  const zone = viewerZone();
  return { from: minuteOf(now - HOUR_MS, zone), to: minuteOf(now, zone) };
}

/** Begins with a whole minute, so that what is confirmed to the minute is what is deleted. Now is the service's. */
export function timeToForget(choice: Choice, now = Date.now()): NewForgotten {
  if ("hours" in choice) {
    const start = now - choice.hours * HOUR_MS;
    return { started_at: new Date(start - (start % MINUTE_MS)).toISOString() };
  }
  const { first, last } = instantsOf(choice);
  return { started_at: new Date(first).toISOString(), ended_at: new Date(last).toISOString() };
}

/** What is wrong with a range, at its start or its end. Of what is still to come there is nothing to delete: one pauses. */
export function faultOf(
  { from, to }: { from: WallMinute; to: WallMinute },
  now = Date.now(),
): { from?: string; to?: string } {
  const isMinute = (text: string) => !Number.isNaN(Date.parse(`${text}Z`));
  if (!isMinute(from)) return { from: "must be a day and a time" };
  if (!isMinute(to)) return { to: "must be a day and a time" };
  const { first, last } = instantsOf({ from, to });
  if (first >= last) return { to: "must be after the start" };
  return last > now ? { to: "must not lie in the future: pause sharing for that" } : {};
}

/** Where clocks change, all that the wall may have shown so. */
function instantsOf({ from, to }: { from: WallMinute; to: WallMinute }): { first: number; last: number } {
  const zone = viewerZone();
  return { first: momentsOf(from, zone).first, last: momentsOf(to, zone).last };
}
