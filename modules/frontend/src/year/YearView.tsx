import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLastingError } from "../api/recovery";
import { yearQuery } from "../api/summaries";
import { show } from "../address/useView";
import type { View } from "../address/view";
import { meetingSearchOf } from "../search/meetingSearch";
import { formatCount, formatDuration } from "../time/format";
import type { Day } from "../time/zone";
import { Failure } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { ChosenDay } from "./ChosenDay";
import { LEVEL_NAMES, metDays } from "./days";
import { MonthTable } from "./MonthTable";
import { useFocusedDay } from "./useFocusedDay";
import "./year.css";

const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);
const FIRST_YEAR = 1970;
const LAST_YEAR = 9999;

/** A year at a glance: how long the person was with others on each day. Whichever is chosen becomes the days of the page. */
export default function YearView({ view, person }: { view: View; person: number }) {
  const year = view.year ?? Number(view.to.slice(0, 4));
  const { distance, minimumDuration, minimumProbability } = meetingSearchOf(view, person);
  const query = useQuery(yearQuery({ person, year, distance, minimumDuration, minimumProbability }));
  const error = useLastingError(query);
  const days = useMemo(() => metDays(query.data ?? []), [query.data]);
  const chosen = view.from === view.to && view.zone === "UTC" ? view.from : null;
  const { focused, grid, onKeyDown, onFocus } = useFocusedDay(year, chosen);
  const choose = (day: Day) => show({ ...view, from: day, to: day, zone: "UTC", meeting: null, year });
  const seconds = [...days.values()].reduce((sum, met) => sum + met.seconds, 0);

  return (
    <section className="year" aria-label="Year" aria-busy={query.isPending}>
      <header className="year-head">
        <button
          type="button"
          className="button"
          aria-label={`The year before, ${year - 1}`}
          disabled={year <= FIRST_YEAR}
          onClick={() => show({ ...view, year: year - 1 })}
        >
          ‹
        </button>
        <h2>{year}</h2>
        <button
          type="button"
          className="button"
          aria-label={`The year after, ${year + 1}`}
          disabled={year >= LAST_YEAR}
          onClick={() => show({ ...view, year: year + 1 })}
        >
          ›
        </button>
        <p className="muted" role="status">
          {query.data && (days.size > 0 ? `${formatCount(days.size, "day", "days")} with others, ${formatDuration(seconds)} in all` : "Nobody met")}
        </p>
      </header>
      {error && !query.data && (
        <Failure title="The year can’t be shown right now" error={error} onRetry={() => void query.refetch()} />
      )}
      {query.isPending && !error && <Skeleton rows={6} label="Adding up the year" />}
      {query.data && (
        <>
          <div ref={grid} className="months" onKeyDown={onKeyDown} onFocus={onFocus}>
            {MONTHS.map((month) => (
              <MonthTable
                key={month}
                year={year}
                month={month}
                days={days}
                focused={focused}
                chosen={chosen}
                onChoose={choose}
              />
            ))}
          </div>
          <ul className="year-legend" aria-label="Colours">
            {LEVEL_NAMES.map((name, level) => (
              <li key={name}>
                <span className={`year-swatch year-level-${level}`} aria-hidden="true" /> {name}
              </li>
            ))}
          </ul>
          <p className="year-note muted">
            Days of UTC, time with each person on its own, as near and as sure as is set for meetings
            {view.method === "fixes" && "; by estimate, not by single fixes"}. Arrow keys go from day to day, Page Up and Page Down
            from month to month.
          </p>
          {chosen && <ChosenDay view={view} day={chosen} met={days.get(chosen)} />}
        </>
      )}
    </section>
  );
}
