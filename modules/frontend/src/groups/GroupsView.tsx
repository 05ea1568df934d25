import { Problem } from "../api/fetchOrThrow";
import { groupKey, type Group } from "../api/groups";
import { show } from "../address/useView";
import type { View } from "../address/view";
import { groupByDay } from "../meetings/grouping";
import { rangeFault } from "../search/meetingSearch";
import { RangeField } from "../search/RangeField";
import { SliderField } from "../search/SliderField";
import { MINIMUM_MINUTES, MINIMUM_PEOPLE } from "../search/stops";
import { formatCount, formatDay } from "../time/format";
import { viewerZone } from "../time/zone";
import { MoreButton } from "../ui/MoreButton";
import { Failure, Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { GroupRow } from "./GroupRow";
import { useGroups } from "./useGroups";
import "./groups.css";

/** With whom the person was in a group, three people and more who were together at once. */
export default function GroupsView({ view, person }: { view: View; person: number }) {
  const { query, error, groups, chosen, minimumMinutes: minutes } = useGroups(view);
  const fault = rangeFault(view);
  const refused = error instanceof Problem ? error : null;
  return (
    <>
      <form className="search-form" aria-label="What is a group" onSubmit={(event) => event.preventDefault()}>
        <RangeField
          view={view}
          person={person}
          error={fault ?? refused?.reason("start_date", "end_date")}
          onChange={(range) => show({ ...view, ...range, group: null })}
        />
        <SliderField
          label="How many, at least"
          unit="people"
          stops={MINIMUM_PEOPLE}
          value={view.minimumPeople}
          error={refused?.reason("min_people")}
          onChange={(minimumPeople, kind) => show({ ...view, minimumPeople, group: null }, kind)}
        />
        <SliderField
          label="Together, at least"
          unit="min"
          stops={MINIMUM_MINUTES.slice(1)}
          value={minutes}
          error={refused?.reason("min_duration")}
          onChange={(minimumMinutes, kind) => show({ ...view, minimumMinutes, group: null }, kind)}
        />
      </form>
      {fault === undefined && error && (
        <Failure title="Groups can’t be shown right now" error={error} onRetry={() => void query.refetch()} />
      )}
      {fault === undefined && query.isPending && !error && <Skeleton rows={6} label="Looking for groups" />}
      {fault === undefined && query.data && (
        <section className="groups" aria-label="Groups">
          <p className="results-summary" role="status">
            {formatCount(groups.length, "group", "groups")}
            {query.hasNextPage && " so far"}
          </p>
          {groups.length === 0 && (
            <Notice title="No groups in these days">
              Never were so many together at once with this person for so long. What happened in the last hour is not looked at yet.
            </Notice>
          )}
          <GroupsByDay view={view} person={person} groups={groups} chosen={chosen} />
          <MoreButton query={query} what="groups" />
        </section>
      )}
    </>
  );
}

function GroupsByDay({ view, person, groups, chosen }: { view: View; person: number; groups: Group[]; chosen: Group | null }) {
  return groupByDay(groups, viewerZone()).map(({ day, meetings }) => (
    <section key={day} className="group">
      <header className="group-head">
        <h2>{formatDay(day)}</h2>
      </header>
      <ul className="rows">
        {meetings.map((group) => (
          <GroupRow key={groupKey(group)} view={view} person={person} group={group} isChosen={group === chosen} />
        ))}
      </ul>
    </section>
  ));
}
