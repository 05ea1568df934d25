import { memo } from "react";
import { formatCount, formatDuration, formatMonth, formatShortDay } from "../time/format";
import type { Day } from "../time/zone";
import { levelOf, weeksOf, type MetDay } from "./days";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** A month of the calendar. One day of the year is reached by Tab, the others from there by the arrow keys. */
export const MonthTable = memo(function MonthTable({
  year,
  month,
  days,
  focused,
  chosen,
  onChoose,
}: {
  year: number;
  month: number;
  days: ReadonlyMap<Day, MetDay>;
  focused: Day;
  chosen: Day | null;
  onChoose: (day: Day) => void;
}) {
  return (
    <table className="month" role="grid">
      <caption>{formatMonth(year, month)}</caption>
      <thead>
        <tr>
          {WEEKDAYS.map((name) => (
            <th key={name} scope="col" abbr={name}>
              <span aria-hidden="true">{name.slice(0, 1)}</span>
              <span className="visually-hidden">{name}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(year, month).map((week, index) => (
          <tr key={index}>
            {week.map((day, weekday) =>
              day === null ? (
                <td key={weekday} role="gridcell" />
              ) : (
                <td key={day} role="gridcell" aria-selected={day === chosen}>
                  <button
                    type="button"
                    data-day={day}
                    className={`year-day year-level-${levelOf(days.get(day)?.seconds ?? 0)}`}
                    tabIndex={day === focused ? 0 : -1}
                    aria-label={describe(day, days.get(day))}
                    onClick={() => onChoose(day)}
                  >
                    {Number(day.slice(-2))}
                  </button>
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
});

/** "Mon 2 Mar 2026: 1 h 05 min with 3 people" */
function describe(day: Day, met: MetDay | undefined): string {
  if (!met) return `${formatShortDay(day)}: nobody met`;
  return `${formatShortDay(day)}: ${formatDuration(met.seconds)} with ${formatCount(met.rows.length, "person", "people")}`;
}
