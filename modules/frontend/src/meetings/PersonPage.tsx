import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef } from "react";
import { Problem } from "../api/fetchOrThrow";
import { countOf } from "../api/meetings";
import { companyOf, nameOf, personQuery } from "../api/persons";
import { useLastingError } from "../api/recovery";
import { startOf, type Aspect, type View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { Boundary } from "../app/Boundary";
import { DeletePerson } from "../people/DeletePerson";
import { Phones } from "../phones/Phones";
import { SearchForm } from "../search/SearchForm";
import { Avatar } from "../ui/Avatar";
import { Failure, Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { AspectBar } from "./AspectBar";
import { MeetingResults } from "./MeetingResults";
import { useMeetings } from "./useMeetings";

/** What meetings add up to; their code comes when they are looked at. */
const ADDED_UP = {
  now: lazy(() => import("../near/NowView")),
  year: lazy(() => import("../year/YearView")),
  introductions: lazy(() => import("../introductions/IntroductionsView")),
  groups: lazy(() => import("../groups/GroupsView")),
} satisfies Record<Exclude<Aspect, "meetings">, unknown>;

/** One person: what counts as a meeting, and the meetings. */
export function PersonPage({
  view,
  id,
  onDeleted,
}: {
  view: View;
  id: number;
  onDeleted: (name: string) => void;
}) {
  const person = useQuery(personQuery(id));
  const { search, query, error, meetings } = useMeetings(view);
  const personError = useLastingError(person);
  const name = person.data ? nameOf(person.data) : `Person ${id}`;
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${name} · UdaConnect`;
    return () => {
      document.title = "UdaConnect";
    };
  }, [name]);
  // Whoever came by keyboard or listens starts at the top of the new page.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [id]);

  const unknown = [personError, error].some((one) => one instanceof Problem && one.status === 404);
  const settled = query.isSuccess && !query.isPlaceholderData;
  return (
    <div className="person-page">
      <div className="person-head">
        <div className="person-name">
          {person.data ? <Avatar person={person.data} /> : <span className="avatar avatar-blank" />}
          <div className="person-title">
            <h1 ref={heading} tabIndex={-1} translate="no">
              {name}
            </h1>
            <p className="muted">
              {person.data ? companyOf(person.data) : (personError && !unknown ? "Name and company can’t be shown right now" : " ")}
            </p>
          </div>
          {person.data && <Phones person={person.data} />}
          {person.data && <DeletePerson person={person.data} onDeleted={() => onDeleted(name)} />}
        </div>
      </div>
      {unknown ? (
        <Notice title={`Nobody has the number ${id}`} action={<ViewLink className="button" to={startOf(view)}>See who is here</ViewLink>}>
          The link may be old, or a digit may be missing.
        </Notice>
      ) : (
        <>
          <AspectBar view={view} />
          {view.aspect === "meetings" ? (
            <>
              <SearchForm
                view={view}
                search={search}
                error={error}
                count={settled ? countOf(meetings.length, query.hasNextPage) : undefined}
              />
              <MeetingResults view={view} person={id} />
            </>
          ) : (
            <AddedUp view={view} aspect={view.aspect} person={id} />
          )}
        </>
      )}
    </div>
  );
}

function AddedUp({ view, aspect, person }: { view: View; aspect: Exclude<Aspect, "meetings">; person: number }) {
  const Shown = ADDED_UP[aspect];
  return (
    <Boundary
      key={aspect}
      fallback={(error, again) => <Failure title="This can’t be shown right now" error={error} onRetry={again} />}
    >
      <Suspense fallback={<Skeleton rows={6} label="Loading" />}>
        <Shown view={view} person={person} />
      </Suspense>
    </Boundary>
  );
}
