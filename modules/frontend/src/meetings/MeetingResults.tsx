import { Problem } from "../api/fetchOrThrow";
import { isLive } from "../api/meetings";
import { show } from "../address/useView";
import type { Grouping, View } from "../address/view";
import { rangeFault } from "../search/meetingSearch";
import { formatExactClock, formatOffset } from "../time/format";
import { viewerZone } from "../time/zone";
import { Failure, Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { MeetingGroups } from "./MeetingGroups";
import { NoMeetings } from "./NoMeetings";
import { summarise, timeTogether } from "./summary";
import { useMeetings } from "./useMeetings";

const GROUPINGS: { value: Grouping; label: string }[] = [
  { value: "day", label: "By day" },
  { value: "person", label: "By person" },
];

/** The meetings as a list, or why there are none. */
export function MeetingResults({ view, person }: { view: View; person: number }) {
  const { search, query, error, meetings, chosen } = useMeetings(view);

  if (rangeFault(view) !== undefined) return null; // said at the field
  const retry = () => void query.refetch();
  if (error instanceof Problem && error.errors.length > 0) {
    return <Notice title="Nothing to show yet">Correct what is marked above.</Notice>;
  }
  if (error && meetings.length === 0) {
    return <Failure title="Meetings can't be shown right now" error={error} onRetry={retry} />;
  }
  if (query.isPending) return <Skeleton rows={6} label="Looking for meetings" />;
  if (meetings.length === 0) return <NoMeetings view={view} person={person} />;

  return (
    <section className="results" aria-label="Meetings" aria-busy={query.isPlaceholderData}>
      <header className="results-head">
        <div role="status">
          <p className="results-summary">{summarise(meetings, query.hasNextPage)}</p>
          <p className="muted">{timeTogether(meetings)}</p>
        </div>
        <div className="segments" role="group" aria-label="Order">
          {GROUPINGS.map(({ value, label }) => (
            <button
              key={value}
              type="button"
              aria-pressed={view.grouping === value}
              onClick={() => show({ ...view, grouping: value })}
            >
              {label}
            </button>
          ))}
        </div>
      </header>
      {error && <Failure title="This list may be out of date" error={error} onRetry={retry} />}
      {view.meeting && !chosen && !query.isPlaceholderData && !query.hasNextPage && (
        <Notice
          title="The chosen meeting is not among these"
          action={
            <button type="button" className="button" onClick={() => show({ ...view, meeting: null })}>
              Choose none
            </button>
          }
        >
          Another distance or time may bring it back.
        </Notice>
      )}
      <MeetingGroups view={view} meetings={meetings} chosen={chosen} />
      {query.hasNextPage && (
        <button
          type="button"
          className="button button-wide"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {query.isFetchingNextPage ? "Loading…" : "Show more meetings"}
        </button>
      )}
      <p className="results-foot muted">
        Times in {viewerZone()} ({formatOffset(Date.parse(search.start))}).{" "}
        {isLive(search)
          ? `As of ${formatExactClock(query.dataUpdatedAt)}, looked up again every 15 seconds.`
          : `As of ${formatExactClock(query.dataUpdatedAt)}.`}
      </p>
    </section>
  );
}
