import { Problem } from "../api/fetchOrThrow";
import { isLive } from "../api/meetings";
import { show } from "../address/useView";
import type { Grouping, View } from "../address/view";
import { rangeFault } from "../search/meetingSearch";
import { formatOffset } from "../time/format";
import { viewerZone } from "../time/zone";
import { Failure, Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { ContactRanking } from "./ContactRanking";
import { FreshnessLine } from "./FreshnessLine";
import { MeetingsByDay } from "./MeetingsByDay";
import { MoreButton } from "../ui/MoreButton";
import { NoMeetings } from "./NoMeetings";
import { summariseMeetings } from "./summary";
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
    return <Failure title="Meetings can’t be shown right now" error={error} onRetry={retry} />;
  }
  if (query.isPending) return <Skeleton rows={6} label="Looking for meetings" />;
  const note = (
    <div className="results-note">
      <FreshnessLine freshness={query.data?.pages.at(-1)?.freshness ?? null} askedAt={query.dataUpdatedAt} />
      <p className="muted">
        Times in {viewerZone()} ({formatOffset(Date.parse(search.start))})
        {isLive(search) && ", looked up again every 15 s"}
      </p>
    </div>
  );
  if (meetings.length === 0) {
    return (
      <>
        <NoMeetings view={view} person={person} />
        {note}
      </>
    );
  }

  const { count, time } = summariseMeetings(meetings, query.hasNextPage);
  return (
    <section className="results" aria-label="Meetings" aria-busy={query.isPlaceholderData}>
      <header className="results-head">
        <div role="status">
          <p className="results-summary">{count}</p>
          <p className="muted">{time}</p>
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
      {note}
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
      {view.grouping === "person" ? (
        <ContactRanking view={view} meetings={meetings} chosen={chosen} />
      ) : (
        <>
          <MeetingsByDay view={view} meetings={meetings} chosen={chosen} />
          <MoreButton query={query} what="meetings" />
        </>
      )}
    </section>
  );
}
