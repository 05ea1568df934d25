import type { Meeting } from "../api/meetings";
import { nameOf } from "../api/persons";
import type { ClosestMoment } from "../geo/evidence";
import { formatDuration, formatExactClock, formatMetres } from "../time/format";

const SAME_MOMENT_S = 1;

/** What the colours on the map stand for, and what is missing on it. */
export function Legend({
  own,
  meeting,
  closest,
  hasMeetings,
  missing,
  onClose,
}: {
  own: string;
  meeting: Meeting | null;
  closest: ClosestMoment | null;
  hasMeetings: boolean;
  missing: Error | null;
  onClose: () => void;
}) {
  return (
    <div className="legend">
      {meeting && (
        <p className="legend-moment">
          <strong>{formatMetres(meeting.closest_m)}</strong> at {formatExactClock(meeting.closest_at)}
          {closest && closest.gap_s > SAME_MOMENT_S && `, ${formatDuration(closest.gap_s)} apart in time`}
        </p>
      )}
      <ul>
        <li className="legend-own">{own}</li>
        {meeting ? (
          <li className="legend-other">{nameOf(meeting.person)}</li>
        ) : (
          hasMeetings && <li className="legend-meeting">Meetings, larger the longer</li>
        )}
      </ul>
      {missing && (
        <p className="legend-missing" role="status">
          {meeting ? "The tracks of this meeting" : "The track"} can’t be shown right now: {missing.message}.
        </p>
      )}
      {meeting && (
        <button type="button" className="link" onClick={onClose}>
          Back to all meetings
        </button>
      )}
    </div>
  );
}
