import { useQueries } from "@tanstack/react-query";
import { Problem } from "../api/fetchOrThrow";
import { meetingCountQuery, type MeetingSearch } from "../api/meetings";
import { show, type Kind } from "../address/useView";
import type { View } from "../address/view";
import { useMediaQuery } from "../ui/useMediaQuery";
import { PresetField } from "./PresetField";
import { RangeField } from "./RangeField";
import { rangeFault } from "./meetingSearch";

const DISTANCES = ["2", "5", "10", "25"];
const TIME_WINDOWS = [
  { value: "10", label: "10 s" },
  { value: "60", label: "1 min" },
  { value: "600", label: "10 min" },
  { value: "any", label: "Any" },
];
const MINIMUM_MINUTES = [
  { value: "0", label: "Any" },
  { value: "1", label: "1 min" },
  { value: "5", label: "5 min" },
  { value: "15", label: "15 min" },
];

/** What counts as a meeting: in which days, how near, how far apart in time, how long. */
export function SearchForm({
  view,
  search,
  error,
  count,
}: {
  view: View;
  search: MeetingSearch;
  error: Error | null;
  /** How many meetings were found with the chosen distance. */
  count: string | undefined;
}) {
  const isRoomy = useMediaQuery("(min-width: 52.01rem)");
  const refused = error instanceof Problem ? error : null;
  const change = (part: Partial<View>, kind: Kind = "step") => show({ ...view, ...part }, kind);
  const counts = useQueries({
    queries: DISTANCES.map((distance) => ({
      ...meetingCountQuery({ ...search, distance }),
      // The chosen one is counted from the list; the others wait for it.
      enabled: count !== undefined && distance !== search.distance,
    })),
    combine: (results) => results.map((result) => result.data),
  });

  const apartError = refused?.reason("time_window", "gap");
  const lengthError = refused?.reason("min_duration");
  const more = (
    <>
      <PresetField
        label="Time apart up to"
        unit="s"
        presets={TIME_WINDOWS}
        value={view.timeWindow}
        error={apartError}
        onChange={(timeWindow, kind) => change({ timeWindow }, kind)}
      />
      <PresetField
        label="Lasting at least"
        unit="min"
        presets={MINIMUM_MINUTES}
        value={view.minimumMinutes}
        error={lengthError}
        onChange={(minimumMinutes, kind) => change({ minimumMinutes }, kind)}
      />
    </>
  );

  return (
    <form className="search-form" aria-label="What counts as a meeting" onSubmit={(event) => event.preventDefault()}>
      <RangeField
        view={view}
        person={search.person}
        error={rangeFault(view) ?? refused?.reason("start_date", "end_date")}
        onChange={change}
      />
      <PresetField
        label="Distance up to"
        unit="m"
        presets={DISTANCES.map((distance, index) => ({
          value: distance,
          label: `${distance} m`,
          note: (distance === search.distance ? count : counts[index]) ?? (error ? "–" : "…"),
        }))}
        value={view.distance}
        error={refused?.reason("distance")}
        onChange={(distance, kind) => change({ distance }, kind)}
      />
      {isRoomy ? (
        more
      ) : (
        <details className="search-more" open={apartError !== undefined || lengthError !== undefined || undefined}>
          <summary>Time apart and length</summary>
          {more}
        </details>
      )}
    </form>
  );
}
