import { lazy, Suspense } from "react";
import { useView } from "../address/useView";
import { ViewLink } from "../address/ViewLink";
import { PersonPage } from "../meetings/PersonPage";
import { PeopleView } from "../people/PeopleView";
import { Boundary } from "./Boundary";

// The list is usable before the map's code is there.
const Stage = lazy(() => import("../map/Stage"));

export function App() {
  const view = useView();
  const { person } = view;
  return (
    <div className={person === null ? "app app-people" : "app app-person"}>
      <main className="panel">
        <header className="brand">
          <ViewLink to={{ ...view, query: "", person: null, meeting: null }} aria-label="UdaConnect, start">
            <img src="/favicon.svg" alt="" width="26" height="26" /> UdaConnect
          </ViewLink>
        </header>
        {person === null ? <PeopleView view={view} /> : <PersonPage key={person} view={view} id={person} />}
      </main>
      <section className="stage" aria-label="Map">
        <Boundary fallback={<p className="stage-note">The map can't be shown here. The list works without it.</p>}>
          <Suspense fallback={<p className="stage-note">Unfolding the map…</p>}>
            <Stage view={view} />
          </Suspense>
        </Boundary>
      </section>
    </div>
  );
}
