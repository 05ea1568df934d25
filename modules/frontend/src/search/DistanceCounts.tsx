import { useQueries } from "@tanstack/react-query";
import { meetingCountQuery, type MeetingSearch } from "../api/meetings";

const DISTANCES = ["2", "5", "10", "25"];

/** How many meetings each of the usual distances gives, to choose from. */
export function DistanceCounts({
  search,
  count,
  failed,
  onChoose,
}: {
  search: MeetingSearch;
  /** How many there are with the chosen distance; undefined as long as that is not known. */
  count: string | undefined;
  failed: boolean;
  onChoose: (distance: string) => void;
}) {
  const counts = useQueries({
    queries: DISTANCES.map((distance) => ({
      ...meetingCountQuery({ ...search, distance }),
      // The list comes first. The chosen distance is counted from it, unless it goes beyond a page.
      enabled: count !== undefined && (distance !== search.distance || count.endsWith("+")),
    })),
    combine: (results) => results.map(({ data, isError }) => data ?? (isError ? "–" : undefined)),
  });
  return (
    <div className="segments" role="group" aria-label="Meetings by distance">
      {DISTANCES.map((distance, index) => (
        <button
          key={distance}
          type="button"
          aria-pressed={distance === search.distance}
          onClick={() => onChoose(distance)}
        >
          <span>{distance} m</span>{" "}
          <span className="segment-note">
            <span>{counts[index] ?? (distance === search.distance ? count : undefined) ?? (failed ? "–" : "…")}</span>{" "}
            <span className="visually-hidden">meetings</span>
          </span>
        </button>
      ))}
    </div>
  );
}
