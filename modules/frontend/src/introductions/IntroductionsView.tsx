import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Problem } from "../api/fetchOrThrow";
import { introductionsQuery, type Introduction } from "../api/introductions";
import { personQuery } from "../api/persons";
import { useLastingError } from "../api/recovery";
import { show } from "../address/useView";
import type { View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { useContacts } from "../meetings/useMeetings";
import { meetingSearchOf, rangeFault } from "../search/meetingSearch";
import { RangeField } from "../search/RangeField";
import { SliderField } from "../search/SliderField";
import { MINIMUM_MINUTES } from "../search/stops";
import { Failure, Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { IntroducedRow, MetRow } from "./NetworkRows";
import { networkOf } from "./network";
import { NetworkDrawing } from "./NetworkDrawing";
import "./introductions.css";

/** Whom the person met, and who could be introduced to them by those: drawn, and in words. */
export default function IntroductionsView({ view, person: id }: { view: View; person: number }) {
  const fault = rangeFault(view);
  const { start, end, minimumDuration } = meetingSearchOf(view, id);
  const query = useQuery({
    ...introductionsQuery({ person: id, start, end, minimumDuration }),
    enabled: fault === undefined,
  });
  const error = useLastingError(query);
  const refused = error instanceof Problem ? error : null;
  return (
    <>
      <form className="search-form" aria-label="Who has met" onSubmit={(event) => event.preventDefault()}>
        <RangeField
          view={view}
          person={id}
          error={fault ?? refused?.reason("start_date", "end_date")}
          onChange={(range) => show({ ...view, ...range })}
        />
        <SliderField
          label="Together, at least"
          unit="min"
          stops={MINIMUM_MINUTES}
          value={view.minimumMinutes}
          error={refused?.reason("min_duration")}
          onChange={(minimumMinutes, kind) => show({ ...view, minimumMinutes }, kind)}
        />
      </form>
      {fault === undefined && error && (
        <Failure title="Introductions can’t be shown right now" error={error} onRetry={() => void query.refetch()} />
      )}
      {fault === undefined && query.isPending && !error && <Skeleton rows={6} label="Looking for introductions" />}
      {fault === undefined && query.data && <NetworkOf view={view} id={id} introductions={query.data} />}
    </>
  );
}

function NetworkOf({ view, id, introductions }: { view: View; id: number; introductions: Introduction[] }) {
  const { data: person } = useQuery(personQuery(id));
  const { contacts } = useContacts(view);
  const [active, setActive] = useState<number | null>(null);
  const network = useMemo(
    () => networkOf(person ?? { id, first_name: "", last_name: "", company_name: "" }, contacts, introductions),
    [person, id, contacts, introductions],
  );
  return (
    <section className="introductions" aria-label="Introductions">
      {network.met.length > 0 && (
        <div translate="no">
          <NetworkDrawing network={network} active={active} onPoint={setActive} />
        </div>
      )}
      <h2>Could be introduced</h2>
      {introductions.length === 0 && (
        <Notice title="Nobody to be introduced">
          Those who were met have met nobody else in these days. What happened in the last hour is not looked at yet.
        </Notice>
      )}
      <ol className="rows" aria-label="Could be introduced, the strongest first">
        {introductions.map((introduction) => (
          <IntroducedRow key={introduction.person.id} view={view} introduction={introduction} onPoint={setActive} />
        ))}
      </ol>
      <h2>Met</h2>
      {network.met.length === 0 && <p className="introductions-note muted">Nobody in these days.</p>}
      <ul className="rows" aria-label="Met">
        {network.met.map(({ person: one }) => (
          <MetRow key={one.id} view={view} person={one} seconds={network.metSeconds.get(one.id) ?? 0} onPoint={setActive} />
        ))}
      </ul>
      <p className="introductions-note">
        <ViewLink className="link" to={{ ...view, aspect: "meetings", grouping: "person" }}>
          Everybody met
        </ViewLink>
      </p>
    </section>
  );
}
