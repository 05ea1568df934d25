import { useInfiniteQuery } from "@tanstack/react-query";
import { personsQuery } from "../api/persons";
import { useLastingError } from "../api/recovery";
import { viewOf, type View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { ChevronIcon } from "../ui/icons";
import { MoreButton } from "../ui/MoreButton";
import { Failure, Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { PersonInRow } from "./PersonInRow";

export function PersonList({ view, query, onAdd }: { view: View; query: string; onAdd: () => void }) {
  const persons = useInfiniteQuery(personsQuery(query));
  const error = useLastingError(persons);

  if (error && !persons.data) {
    return <Failure title="People can’t be shown right now" error={error} onRetry={() => void persons.refetch()} />;
  }
  if (!persons.data) return <Skeleton rows={8} label="Loading people" />;
  const people = persons.data.pages.flatMap((page) => page.items);
  if (people.length === 0) return query ? <NobodyFound query={query} onAdd={onAdd} /> : <NobodyYet onAdd={onAdd} />;

  return (
    <nav className="scroller" aria-label="People" aria-busy={persons.isPlaceholderData}>
      <ul className="rows">
        {people.map((person) => (
          <li key={person.id}>
            <ViewLink className="row" to={viewOf(view, person.id)}>
              <PersonInRow person={person} />
              <ChevronIcon />
            </ViewLink>
          </li>
        ))}
      </ul>
      <MoreButton query={persons} what="people" />
    </nav>
  );
}

function NobodyFound({ query, onAdd }: { query: string; onAdd: () => void }) {
  return (
    <Notice title={`Nobody matches “${query}”`} action={<AddButton onAdd={onAdd} />}>
      Every word must be part of a first, last or company name. Try fewer letters.
    </Notice>
  );
}

function NobodyYet({ onAdd }: { onAdd: () => void }) {
  return (
    <Notice title="Nobody is here yet" action={<AddButton onAdd={onAdd} />}>
      Add the first person, or let a conference report with <code>udaconnect simulate</code>.
    </Notice>
  );
}

function AddButton({ onAdd }: { onAdd: () => void }) {
  return (
    <button type="button" className="button" onClick={onAdd}>
      Add a person
    </button>
  );
}
