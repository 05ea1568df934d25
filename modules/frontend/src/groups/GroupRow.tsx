import { groupKey, othersOf, type Group } from "../api/groups";
import { nameOf } from "../api/persons";
import { show } from "../address/useView";
import { viewOf, type View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { PersonInRow } from "../people/PersonInRow";
import { formatCount, formatDuration, formatSpan } from "../time/format";
import { Avatar } from "../ui/Avatar";
import { useScrolledTo } from "../ui/useScrolledTo";

const FACES = 3;

/** One group; choosing it names its members, and shows their ways on the map. */
export function GroupRow({ view, person, group, isChosen }: { view: View; person: number; group: Group; isChosen: boolean }) {
  const row = useScrolledTo<HTMLLIElement>(isChosen);
  const others = othersOf(group, person);
  return (
    <li ref={row} className={isChosen ? "meeting meeting-chosen" : "meeting"}>
      <button
        type="button"
        className="row"
        aria-expanded={isChosen}
        onClick={() => show({ ...view, group: isChosen ? null : groupKey(group) })}
      >
        <span className="group-faces" aria-hidden="true">
          {others.slice(0, FACES).map((other) => (
            <Avatar key={other.id} person={other} />
          ))}
        </span>
        <span className="row-text">
          <span className="row-title group-names" translate="no">
            {others.map(nameOf).join(", ")}
          </span>
          <span className="row-note">{formatCount(group.members.length, "person", "people")}</span>
        </span>
        <span className="row-figures">
          <span>{formatSpan(group.started_at, group.ended_at)}</span>
          <span className="row-note">{formatDuration(group.duration_s)}</span>
        </span>
      </button>
      {isChosen && (
        <ul className="rows group-members" aria-label="Members">
          {others.map((other) => (
            <li key={other.id}>
              <ViewLink className="row" to={viewOf(view, other.id)}>
                <PersonInRow person={other} />
              </ViewLink>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
