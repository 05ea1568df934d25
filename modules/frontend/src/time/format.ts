import { dayOf, viewerZone, type Day } from "./zone";

// The page speaks English; the zone is the viewer's.
const LOCALE = "en-GB";

const timeZone = viewerZone(); // to ask the browser for each row would take longer than all else of the row
const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", timeZone });
const exactClock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: "short", timeZone });
const longDay = new Intl.DateTimeFormat(LOCALE, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
const shortDay = new Intl.DateTimeFormat(LOCALE, {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

const longMonth = new Intl.DateTimeFormat(LOCALE, { month: "long", year: "numeric", timeZone: "UTC" });

export function formatClock(time: string | number): string {
  return clock.format(new Date(time));
}

export function formatExactClock(time: string | number): string {
  return exactClock.format(new Date(time));
}

/** "12:03:07" today, "Thu 5 Mar 2026, 12:03" on another day. */
export function formatMoment(time: number, now = Date.now()): string {
  return dayOf(time, timeZone) === dayOf(now, timeZone) ? formatExactClock(time) : formatMinute(time, now);
}

/** "12:03" today, "Thu 5 Mar 2026, 12:03" on another day. */
export function formatMinute(time: number, now = Date.now()): string {
  const day = dayOf(time, timeZone);
  return day === dayOf(now, timeZone) ? formatClock(time) : `${formatShortDay(day)}, ${formatClock(time)}`;
}

/** "10:32 – 10:58", with seconds where the minutes are the same, with the weekday where the day is another. */
export function formatSpan(start: string, end: string): string {
  if (dayOf(Date.parse(start), timeZone) !== dayOf(Date.parse(end), timeZone)) {
    return `${formatClock(start)} – ${weekday.format(new Date(end))} ${formatClock(end)}`;
  }
  const format = formatClock(start) === formatClock(end) ? formatExactClock : formatClock;
  return format(start) === format(end) ? format(start) : `${format(start)} – ${format(end)}`;
}

export function formatDay(day: Day): string {
  return longDay.format(new Date(`${day}T00:00:00Z`)).replace(",", "");
}

export function formatShortDay(day: Day): string {
  return shortDay.format(new Date(`${day}T00:00:00Z`)).replace(",", "");
}

/** "March 2026"; months count from 1. */
export function formatMonth(year: number, month: number): string {
  return longMonth.format(new Date(`${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-01T00:00:00Z`));
}

/** "45 s", "12 min", "1 h 05 min"; a meeting of one fix has no length. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.5) return "a moment";
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** "Ada", "Ada and Bob", "Ada, Bob and Eve" */
export function formatList(names: readonly string[]): string {
  return new Intl.ListFormat(LOCALE).format(names);
}

export function formatMetres(metres: number): string {
  return `${metres < 10 ? metres.toFixed(1) : Math.round(metres)} m`;
}

/** "GMT+1", at that moment. */
export function formatOffset(time: number): string {
  const parts = new Intl.DateTimeFormat(LOCALE, { timeZoneName: "shortOffset", timeZone }).formatToParts(time);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

/** "1 meeting", "1,204 meetings" */
export function formatCount(count: number, one: string, many: string): string {
  return `${count.toLocaleString(LOCALE)} ${count === 1 ? one : many}`;
}
