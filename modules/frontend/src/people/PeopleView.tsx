import { useEffect, useEffectEvent, useState } from "react";
import { show } from "../address/useView";
import type { View } from "../address/view";
import { PlusIcon, SearchIcon } from "../ui/icons";
import { Notice } from "../ui/Notice";
import { useDebounced } from "../ui/useDebounced";
import { CreatePerson } from "./CreatePerson";
import { PersonList } from "./PersonList";

const TYPING_PAUSE_MS = 200;

/** Who is there: search as one types, and add a person. `deleted`: the name of whoever was, a moment ago. */
export function PeopleView({ view, deleted }: { view: View; deleted: string | null }) {
  const [text, setText] = useState(view.query);
  const [adding, setAdding] = useState(false);
  const query = useDebounced(text.trim(), TYPING_PAUSE_MS);

  const [known, setKnown] = useState(view.query);
  if (known !== view.query) {
    setKnown(view.query);
    if (view.query !== query) setText(view.query); // the address changed by itself, as on going back
  }

  // Typing is no step of its own: going back leaves the list, not a letter.
  const keepInAddress = useEffectEvent(() => show({ ...view, query }, "refinement"));
  useEffect(() => keepInAddress(), [query]);

  return (
    <div className="people">
      <div className="people-head">
        <div className="people-title">
          <h1>Whom did they meet?</h1>
          <p className="muted">Pick a person to see their meetings: who, where, and how close.</p>
        </div>
        <search className="searchbox">
          <SearchIcon />
          <input
            type="search"
            aria-label="Find a person"
            placeholder="Name or company"
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </search>
      </div>
      {deleted !== null && <Notice title={`${deleted} has been deleted`} />}
      <PersonList view={view} query={query} onAdd={() => setAdding(true)} />
      <div className="people-foot">
        {adding ? (
          <CreatePerson view={view} onClose={() => setAdding(false)} />
        ) : (
          <button type="button" className="button button-wide" onClick={() => setAdding(true)}>
            <PlusIcon /> Add a person
          </button>
        )}
      </div>
    </div>
  );
}
