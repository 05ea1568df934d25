import { lazy, Suspense, useEffect, useState } from "react";
import { forgetEarly } from "../api/ask";
import { show, useView } from "../address/useView";
import { startOf } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { PersonPage } from "../meetings/PersonPage";
import { PeopleView } from "../people/PeopleView";
import { BackIcon } from "../ui/icons";
import { Boundary } from "./Boundary";
import { useFirstAnswers } from "./useFirstAnswers";

// The list is usable before the map's code is there.
const Stage = lazy(() => import("../map/Stage"));
const UNFOLDING = <p className="stage-note">Unfolding the map…</p>;

/** Without WebGL, or where the map's code can't be loaded. */
function NoMap({ onAgain }: { onAgain: () => void }) {
  return (
    <div className="stage-note">
      <p>
        The map can’t be shown here. The list works without it.{" "}
        <button type="button" className="link" onClick={onAgain}>
          Try again
        </button>
      </p>
    </div>
  );
}

export function App() {
  const view = useView();
  const { person } = view;
  const restIsDue = useFirstAnswers();
  useEffect(() => {
    if (!restIsDue) return;
    forgetEarly();
    void import("./letters").catch(() => undefined); // others will do
  }, [restIsDue]);
  const [deleted, setDeleted] = useState<string | null>(null);
  if (deleted !== null && person !== null) setDeleted(null); // said once

  return (
    <div className={person === null ? "app app-people" : "app app-person"}>
      <main className="panel">
        <header className="brand">
          <ViewLink to={startOf(view)} aria-label="UdaConnect, start">
            <img src="/favicon.svg" alt="" width="26" height="26" /> <span>UdaConnect</span>
          </ViewLink>
          {person !== null && (
            <ViewLink className="back" to={startOf(view)}>
              <BackIcon /> All people
            </ViewLink>
          )}
        </header>
        {person === null ? (
          <PeopleView view={view} deleted={deleted} />
        ) : (
          <PersonPage
            key={person}
            view={view}
            id={person}
            onDeleted={(name) => {
              show(startOf(view), "refinement"); // there is nothing to go back to
              setDeleted(name);
            }}
          />
        )}
      </main>
      <section className="stage" aria-label="Map">
        <Boundary fallback={(_, again) => <NoMap onAgain={again} />}>
          <Suspense fallback={UNFOLDING}>{restIsDue ? <Stage view={view} /> : UNFOLDING}</Suspense>
        </Boundary>
      </section>
    </div>
  );
}
