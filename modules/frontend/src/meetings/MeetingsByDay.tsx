import { useDeferredValue } from "react";
import type { Meeting } from "../api/meetings";
import type { View } from "../address/view";
import { formatDay } from "../time/format";
import { viewerZone } from "../time/zone";
import { DayRibbon } from "./DayRibbon";
import { groupByDay } from "./grouping";
import { MeetingList } from "./MeetingList";

/** As many as are to be seen at once. */
const FIRST_ROWS = 12;

/** The meetings under their days. The first of them can be used before a thousand others are there. */
export function MeetingsByDay({
  view,
  meetings,
  chosen,
}: {
  view: View;
  meetings: readonly Meeting[];
  chosen: Meeting | null;
}) {
  const zone = viewerZone();
  const shown = useDeferredValue(meetings, meetings.slice(0, FIRST_ROWS));
  return groupByDay(shown, zone).map(({ day, meetings: group }) => (
    <section key={day} className="group">
      <header className="group-head">
        <h2>{formatDay(day)}</h2>
        <DayRibbon day={day} zone={zone} meetings={group} chosen={chosen} />
      </header>
      <MeetingList view={view} meetings={group} chosen={chosen} />
    </section>
  ));
}
