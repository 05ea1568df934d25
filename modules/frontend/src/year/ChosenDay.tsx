import type { View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { MetPerson } from "../meetings/MetPerson";
import { formatDay } from "../time/format";
import type { Day } from "../time/zone";
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
          {met.rows.map((row) => (
            <li key={row.person.id}>
              <div className="row">
                <MetPerson met={row} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
