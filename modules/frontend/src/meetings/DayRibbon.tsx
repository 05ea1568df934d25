import type { Meeting } from "../api/meetings";
import { addDays, startOfDay, type Day } from "../time/zone";

const WIDTH = 240;
const NARROWEST = 3; // a meeting of a moment is still to be seen

/** A day from midnight to midnight with its meetings on it. The list below says the same in words. */
export function DayRibbon({
  day,
  zone,
  meetings,
  chosen,
}: {
  day: Day;
  zone: string;
  meetings: readonly Meeting[];
  chosen: Meeting | null;
}) {
  const start = startOfDay(day, zone);
  const scale = WIDTH / (startOfDay(addDays(day, 1), zone) - start);
  return (
    <svg className="ribbon" viewBox={`0 0 ${WIDTH} 8`} preserveAspectRatio="none" aria-hidden="true">
      <rect className="ribbon-day" width={WIDTH} height="8" />
      {[6, 12, 18].map((hour) => (
        <rect key={hour} className="ribbon-hour" x={hour * 3_600_000 * scale} width="1" height="8" />
      ))}
      {meetings.map((meeting) => (
        <rect
          key={`${meeting.person.id}@${meeting.started_at}`}
          className={meeting === chosen ? "ribbon-meeting ribbon-chosen" : "ribbon-meeting"}
          x={Math.min(WIDTH - NARROWEST, (Date.parse(meeting.started_at) - start) * scale)}
          width={Math.max(NARROWEST, meeting.duration_s * 1000 * scale)}
          height="8"
        />
      ))}
    </svg>
  );
}
