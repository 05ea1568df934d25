import type { DaySummary } from "../api/summaries";
import { addDays, type Day } from "../time/zone";

/** Whom one met on a day, the most time together first. */
export interface MetDay {
  /** Each person's time on its own: an hour with two people is two. */
  seconds: number;
  rows: readonly DaySummary[];
}

export function metDays(rows: readonly DaySummary[]): Map<Day, MetDay> {
  const byDay = new Map<Day, DaySummary[]>();
  for (const row of rows) {
    const theirs = byDay.get(row.first_day);
    if (theirs) theirs.push(row);
    else byDay.set(row.first_day, [row]);
  }
  const longestFirst = (a: DaySummary, b: DaySummary) => b.duration_s - a.duration_s || a.person.id - b.person.id;
  return new Map(
    [...byDay].map(([day, theirs]) => [
      day,
      { seconds: theirs.reduce((sum, { duration_s }) => sum + duration_s, 0), rows: theirs.toSorted(longestFirst) },
    ]),
  );
}

/** Up to how many seconds a day has the colour of that level; what is more has the last one. */
const LEVELS = [0, 15 * 60, 60 * 60, 4 * 60 * 60];
export const LEVEL_NAMES = ["nobody", "up to 15 min", "up to 1 h", "up to 4 h", "more"];

export function levelOf(seconds: number): number {
  const level = LEVELS.findIndex((most) => seconds <= most);
  return level < 0 ? LEVELS.length : level;
}

/** The days of a month in weeks from Monday to Sunday; null: a day of another month. */
export function weeksOf(year: number, month: number): (Day | null)[][] {
  const first = new Date(Date.UTC(2000, month - 1, 1));
  first.setUTCFullYear(year); // Date.UTC takes the years before 100 for others
  const length = daysIn(year, month);
  const before = (first.getUTCDay() + 6) % 7;
  const start = first.toISOString().slice(0, 10);
  const weeks = Math.ceil((before + length) / 7);
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (__, weekday) => {
      const day = week * 7 + weekday - before;
      return day >= 0 && day < length ? addDays(start, day) : null;
    }),
  );
}

/** Which day has the focus after a key, or null where the key means nothing here. It stays within the year. */
export function dayAfterKey(day: Day, key: string): Day | null {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const within = (moved: Day) => (moved.slice(0, 4) === day.slice(0, 4) ? moved : day);
  const inMonth = (other: number, on: number) =>
    [day.slice(0, 4), two(other), two(Math.min(on, daysIn(year, other)))].join("-");
  switch (key) {
    case "ArrowLeft":
      return within(addDays(day, -1));
    case "ArrowRight":
      return within(addDays(day, 1));
    case "ArrowUp":
      return within(addDays(day, -7));
    case "ArrowDown":
      return within(addDays(day, 7));
    case "PageUp":
      return inMonth(Math.max(1, month - 1), date);
    case "PageDown":
      return inMonth(Math.min(12, month + 1), date);
    case "Home":
      return inMonth(month, 1);
    case "End":
      return inMonth(month, 31);
    default:
      return null;
  }
}

function daysIn(year: number, month: number): number {
  const last = new Date(Date.UTC(2000, month, 0));
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
