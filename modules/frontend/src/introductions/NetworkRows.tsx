import type { ReactNode } from "react";
import type { Introduction } from "../api/introductions";
import { nameOf, type Person } from "../api/persons";
import { viewOf, type View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { PersonInRow } from "../people/PersonInRow";
import { formatDuration } from "../time/format";
import { MOST_VIA } from "./network";

/** Whose chain is to stand out in the drawing while the row is pointed at, or has the focus. */
type OnPoint = (id: number | null) => void;

/** Somebody not met yet, and the chain that leads there. */
export function IntroducedRow({ view, introduction, onPoint }: { view: View; introduction: Introduction; onPoint: OnPoint }) {
  const { person, via } = introduction;
  const more = via.length - MOST_VIA;
  return (
    <PersonRow view={view} person={person} onPoint={onPoint}>
      {via.slice(0, MOST_VIA).map((between) => (
        <span key={between.person.id} className="row-note introductions-chain">
          through <span translate="no">{nameOf(between.person)}</span>, {formatDuration(between.own_duration_s)} and{" "}
          {formatDuration(between.other_duration_s)}
        </span>
      ))}
      {more > 0 && <span className="row-note">and through {more} more</span>}
    </PersonRow>
  );
}

export function MetRow({ view, person, seconds, onPoint }: { view: View; person: Person; seconds: number; onPoint: OnPoint }) {
  return (
    <PersonRow view={view} person={person} onPoint={onPoint}>
      <span className="row-note">{formatDuration(seconds)} together</span>
    </PersonRow>
  );
}

function PersonRow({ view, person, onPoint, children }: { view: View; person: Person; onPoint: OnPoint; children: ReactNode }) {
  const point = () => onPoint(person.id);
  const leave = () => onPoint(null);
  return (
    <li onPointerEnter={point} onPointerLeave={leave} onFocus={point} onBlur={leave}>
      <ViewLink className="row" to={viewOf(view, person.id)}>
        <PersonInRow person={person}>{children}</PersonInRow>
      </ViewLink>
    </li>
  );
}
