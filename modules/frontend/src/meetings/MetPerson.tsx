import type { Person } from "../api/persons";
import { PersonInRow } from "../people/PersonInRow";
import { formatCount, formatDuration, formatMetres } from "../time/format";

/** What stands in a row of somebody who was met: who, for how long, how often, how close. */
export function MetPerson({
  met: { person, duration_s, encounters, closest_m },
}: {
  met: { person: Person; duration_s: number; encounters: number; closest_m: number };
}) {
  return (
    <>
      <PersonInRow person={person} />
      <span className="row-figures">
        <span>{formatDuration(duration_s)}</span>
        <span className="row-note">
          {`${formatCount(encounters, "meeting", "meetings")} · ${formatMetres(closest_m)}`}
        </span>
      </span>
    </>
  );
}
