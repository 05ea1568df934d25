/** A calendar day, 2026-03-02. */
export type Day = string;

/** What a calendar and a clock show, 2026-03-02T10:32. */
export type WallMinute = string;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What browsers know of zones without Intl, which takes long when it is used first: on a phone a tenth of a second. */
interface Zones {
  Now: { timeZoneId: () => string };
  Instant: { fromEpochMilliseconds: (time: number) => { toZonedDateTimeISO: (zone: string) => ZonedTime } };
}

interface ZonedTime {
  timeZoneId: string;
  offsetNanoseconds: number;
}

const zones = (globalThis as { Temporal?: Zones }).Temporal;

/** The browser's zone; UTC where it tells none, or one that it does not know itself: "Etc/Unknown". */
export function viewerZone(): string {
  const zone: string | undefined = zones?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone && isZone(zone) ? zone : "UTC";
}

export function isZone(name: string): boolean {
  try {
    // To these a moment written out is the name of a zone as well: of the one in it.
    if (zones) return inZone(0, name, zones).timeZoneId.toLowerCase() === name.toLowerCase();
    wallClock(name);
    return true;
  } catch {
    return false;
  }
}

export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The day that the calendar on the wall shows in that zone at that moment. */
export function dayOf(time: number, zone: string): Day {
  return new Date(localTime(time, zone)).toISOString().slice(0, 10);
}

export function today(zone: string, now = Date.now()): Day {
  return dayOf(now, zone);
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The first moment of a day in a zone, in ms; a day may begin at 01:00, where the clocks go forward at midnight. */
export function startOfDay(day: Day, zone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  let time = midnight - offset(midnight, zone);
  time = midnight - offset(time, zone);
  while (dayOf(time, zone) < day) time += 30 * MINUTE_MS;
  return time;
}

/** The minute that the calendar and the clock on the wall show in that zone at that moment. */
export function minuteOf(time: number, zone: string): WallMinute {
  return new Date(localTime(time, zone)).toISOString().slice(0, 16);
}

/**
 * When the wall shows that minute, in ms, for the first and the last time: twice where the clocks go back. Where they go
 * forward over it, the moments around are meant.
 */
export function momentsOf(minute: WallMinute, zone: string): { first: number; last: number } {
  const shown = Date.parse(`${minute}Z`);
  const moments = [-DAY_MS, DAY_MS].map((away) => shown - offset(shown + away, zone));
  const showing = moments.filter((time) => minuteOf(time, zone) === minute);
  const meant = showing.length > 0 ? showing : moments;
  return { first: Math.min(...meant), last: Math.max(...meant) };
}

/** Both ends of a range of days as instants, inclusive, to the microsecond that the services keep. */
export function instantsOf(from: Day, to: Day, zone: string): { start: string; end: string } {
  const lastMillisecond = new Date(startOfDay(addDays(to, 1), zone) - 1).toISOString();
  return { start: new Date(startOfDay(from, zone)).toISOString(), end: lastMillisecond.replace("999Z", "999999Z") };
}

function offset(time: number, zone: string): number {
  return localTime(time, zone) - Math.floor(time / 1000) * 1000;
}

/** What a clock in the zone shows, read as though it showed UTC, in whole seconds. */
function localTime(time: number, zone: string): number {
  if (zones) {
    return Math.floor(time / 1000) * 1000 + Math.round(inZone(time, zone, zones).offsetNanoseconds / 1e6);
  }
  const parts = wallClock(zone).formatToParts(time);
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(read("year"), read("month") - 1, read("day"), read("hour"), read("minute"), read("second"));
}

function inZone(time: number, zone: string, { Instant }: Zones): ZonedTime {
  return Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);
}

function wallClock(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}
