import type { Meeting } from "../api/meetings";
import { nameOf } from "../api/persons";
import type { View } from "../address/view";
import { formatDay, formatDuration, formatMetres } from "../time/format";
import { viewerZone } from "../time/zone";
import { Avatar } from "../ui/Avatar";
import { DayRibbon } from "./DayRibbon";
import { groupByDay, groupByPerson } from "./grouping";
import { MeetingRow } from "./MeetingRow";

/** The list, under its days or under its people. */
export function MeetingGroups({
  view,
  meetings,
  chosen,
}: {
  view: View;
  meetings: readonly Meeting[];
  chosen: Meeting | null;
}) {
  const zone = viewerZone();
  const rows = (group: readonly Meeting[]) => (
    <ul className="rows">
      {group.map((meeting) => (
        <MeetingRow
          key={`${meeting.person.id}@${meeting.started_at}`}
          meeting={meeting}
          view={view}
          isChosen={meeting === chosen}
        />
      ))}
    </ul>
  );

  if (view.grouping === "person") {
    return groupByPerson(meetings).map(({ person, meetings: group, duration_s, closest_m }) => (
      <section key={person.id} className="group group-person">
        <header className="group-head">
          <Avatar person={person} />
          <div className="row-text">
            <h2>{nameOf(person)}</h2>
            <p className="row-note">{person.company_name}</p>
          </div>
          <p className="row-figures">
            <span>
              {group.length} {group.length === 1 ? "meeting" : "meetings"}
            </span>
            <span className="row-note">
              {formatDuration(duration_s)} · {formatMetres(closest_m)}
            </span>
          </p>
        </header>
        {rows(group)}
      </section>
    ));
  }
  return groupByDay(meetings, zone).map(({ day, meetings: group }) => (
    <section key={day} className="group">
      <header className="group-head">
        <h2>{formatDay(day)}</h2>
        <DayRibbon day={day} zone={zone} meetings={group} chosen={chosen} />
      </header>
      {rows(group)}
    </section>
  ));
}
