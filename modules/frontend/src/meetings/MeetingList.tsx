import type { Meeting } from "../api/meetings";
import type { View } from "../address/view";
import { MeetingRow } from "./MeetingRow";

export function MeetingList({
  view,
  meetings,
  chosen,
}: {
  view: View;
  meetings: readonly Meeting[];
  chosen: Meeting | null;
}) {
  return (
    <ul className="rows">
      {meetings.map((meeting) => (
        <MeetingRow
          key={`${meeting.person.id}@${meeting.started_at}`}
          meeting={meeting}
          view={view}
          isChosen={meeting === chosen}
        />
      ))}
    </ul>
  );
}
