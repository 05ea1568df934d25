import { companyOf, nameOf } from "../api/persons";
import type { View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { formatCount, formatDay, formatDuration, formatMetres } from "../time/format";
import type { Day } from "../time/zone";
import { Avatar } from "../ui/Avatar";
import type { MetDay } from "./days";

/** Whom the person met on the day that is chosen in the calendar. */
export function ChosenDay({ view, day, met }: { view: View; day: Day; met: MetDay | undefined }) {
  return (
    <section className="year-chosen" aria-label="Chosen day">
      <header>
        <h3>{formatDay(day)}</h3>
        <ViewLink className="link" to={{ ...view, aspect: "meetings" }}>
          Show its meetings
        </ViewLink>
      </header>
      {!met && <p className="muted">Nobody met.</p>}
      {met && (
        <ul className="rows">
          {met.rows.map(({ person, duration_s, encounters, closest_m }) => (
            <li key={person.id}>
              <div className="row">
                <Avatar person={person} />
                <span className="row-text">
                  <span className="row-title" translate="no">
                    {nameOf(person)}
                  </span>
                  <span className="row-note">{companyOf(person)}</span>
                </span>
                <span className="row-figures">
                  <span>{formatDuration(duration_s)}</span>
                  <span className="row-note">
                    {`${formatCount(encounters, "meeting", "meetings")} · ${formatMetres(closest_m)}`}
                  </span>
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
