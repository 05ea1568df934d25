import { useQuery } from "@tanstack/react-query";
import type { LiveEncounter } from "../api/live";
import { viewOf, type View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { surenessOf } from "../meetings/certainty";
import { SurenessMark } from "../meetings/SurenessMark";
import { PersonInRow } from "../people/PersonInRow";
import { formatClock, formatCount, formatDuration, formatMetres, formatSpan } from "../time/format";
import { useNow } from "../time/useNow";
import { Failure, Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { nearAt, nearQuery } from "./near";
import "./near.css";

const TICK_MS = 5_000;

/** Who is near the person at present; it changes by itself, within seconds. */
export default function NowView({ view, person }: { view: View; person: number }) {
  const { data, error, refetch } = useQuery(nearQuery(person));
  const now = useNow(TICK_MS);
  if (!data) {
    return error ? (
      <Failure title="Who is near can’t be shown right now" error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton rows={3} label="Looking who is near" />
    );
  }
  const { here, gone } = nearAt(data, now);
  return (
    <section className="near" aria-label="Near now">
      {error && <Failure title="This is as it was a while ago" error={error} onRetry={() => void refetch()} />}
      <header className="near-head">
        <p className="results-summary" role="status">
          {here.length > 0 ? `${formatCount(here.length, "person", "people")} near now` : "Nobody near now"}
        </p>
        {!error && (
          <p className="freshness freshness-complete muted">
            <span className="freshness-dot" aria-hidden="true" />
            <span>Live, and corrected once more is known</span>
          </p>
        )}
      </header>
      {here.length === 0 && gone.length === 0 && (
        <Notice title="It is quiet">Whoever comes near appears here while both phones report where they are.</Notice>
      )}
      {here.length > 0 && <EncounterRows view={view} label="Near now" encounters={here} now={now} />}
      {gone.length > 0 && (
        <>
          <h2>In the last hour</h2>
          <EncounterRows view={view} label="In the last hour" encounters={gone} now={now} />
        </>
      )}
    </section>
  );
}

function EncounterRows({
  view,
  label,
  encounters,
  now,
}: {
  view: View;
  label: string;
  encounters: readonly LiveEncounter[];
  now: number;
}) {
  return (
    <ul className="rows" aria-label={label}>
      {encounters.map((encounter) => (
        <EncounterRow key={encounter.id} view={view} encounter={encounter} now={now} />
      ))}
    </ul>
  );
}

function EncounterRow({ view, encounter, now }: { view: View; encounter: LiveEncounter; now: number }) {
  const { person, started_at, ended_at, closest_m } = encounter;
  const seconds = Math.max(0, (ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at)) / 1000;
  const sureness = surenessOf(encounter);
  return (
    <li className={ended_at === null ? "near-here" : undefined}>
      <ViewLink className="row" to={viewOf(view, person.id)}>
        <PersonInRow person={person} />
        <span className="row-figures">
          <span>{ended_at === null ? `since ${formatClock(started_at)}` : formatSpan(started_at, ended_at)}</span>
          <span className="row-note">
            {`${formatDuration(seconds)} · ${formatMetres(closest_m)}`} {sureness && <SurenessMark {...sureness} />}
          </span>
        </span>
      </ViewLink>
    </li>
  );
}
