import type { Contact, Meeting } from "../api/meetings";
import type { View } from "../address/view";
import { Failure } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { ContactRow } from "./ContactRow";
import { MoreButton } from "../ui/MoreButton";
import { useContacts } from "./useMeetings";

/** Whom the person keeps running into: most time together first. */
export function ContactRanking({
  view,
  meetings,
  chosen,
}: {
  view: View;
  /** Those that are loaded, of everybody. */
  meetings: readonly Meeting[];
  chosen: Meeting | null;
}) {
  const { query, error, contacts } = useContacts(view);
  if (error && contacts.length === 0) {
    return <Failure title="The ranking can’t be shown right now" error={error} onRetry={() => void query.refetch()} />;
  }
  if (query.isPending) return <Skeleton rows={6} label="Counting meetings" />;
  const [first] = contacts;
  return (
    <>
      <ol className="rows ranking" aria-label="Most time together first" aria-busy={query.isPlaceholderData}>
        {contacts.map((contact) => (
          <ContactRow
            key={contact.person.id}
            view={view}
            contact={contact}
            share={first ? shareOf(contact, first) : 0}
            meetings={meetings}
            chosen={chosen}
          />
        ))}
      </ol>
      <MoreButton query={query} what="people" />
    </>
  );
}

/** The time together as a part of the longest; meetings of a moment have none. */
function shareOf({ duration_s }: Contact, longest: Contact): number {
  return longest.duration_s > 0 ? duration_s / longest.duration_s : 0;
}
