import { memo, type CSSProperties } from "react";
import type { Contact, Meeting } from "../api/meetings";
import { nameOf } from "../api/persons";
import { show } from "../address/useView";
import { viewOf, type View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { formatShortDay } from "../time/format";
import { dayOf, viewerZone } from "../time/zone";
import { MeetingList } from "./MeetingList";
import { MetPerson } from "./MetPerson";

/** One other person: how often, how long, how close. Unfolded: each of the meetings. */
export const ContactRow = memo(function ContactRow({
  view,
  contact,
  share,
  meetings,
  chosen,
}: {
  view: View;
  contact: Contact;
  /** The time together, as a part of the longest that there is. */
  share: number;
  meetings: readonly Meeting[];
  chosen: Meeting | null;
}) {
  const { person, encounters } = contact;
  const isOpen = view.contact === person.id || view.meeting?.person === person.id;
  const theirs = isOpen ? meetings.filter((meeting) => meeting.person.id === person.id) : [];
  const toggle = () => {
    const withoutTheirs = view.meeting?.person === person.id ? null : view.meeting;
    show({ ...view, contact: isOpen ? null : person.id, meeting: isOpen ? withoutTheirs : view.meeting });
  };
  return (
    <li className={isOpen ? "contact contact-open" : "contact"}>
      <button type="button" className="row" aria-expanded={isOpen} onClick={toggle}>
        <MetPerson met={contact} />
        <span className="contact-share" style={{ "--share": share } as CSSProperties} aria-hidden="true" />
      </button>
      {isOpen && (
        <div className="contact-meetings">
          <MeetingList view={view} meetings={theirs} chosen={chosen} />
          {theirs.length < encounters && (
            <p className="contact-rest muted">
              {theirs.length === 0 ? "Their meetings are" : "The others are"} further down the list by day, which is not
              loaded to its end.
            </p>
          )}
          <p className="contact-foot muted">
            {describeDays(contact)}{" "}
            <ViewLink className="link" to={viewOf(view, person.id)}>
              Meetings of {nameOf(person)}
            </ViewLink>
          </p>
        </div>
      )}
    </li>
  );
});

/** "On Thu 5 Mar 2026.", "From Thu 5 Mar 2026 to Fri 6 Mar 2026." */
function describeDays({ first_met_at, last_met_at }: Contact): string {
  const [first, last] = [first_met_at, last_met_at].map((time) => formatShortDay(dayOf(Date.parse(time), viewerZone())));
  return first === last ? `On ${first ?? ""}.` : `From ${first ?? ""} to ${last ?? ""}.`;
}
