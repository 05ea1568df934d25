import type { ReactNode, Ref } from "react";
import type { Meeting } from "../api/meetings";
import { nameOf } from "../api/persons";

/** What the colours on the map stand for, what is missing on it, and the player of the chosen meeting. */
export function Legend({
  ref,
  own,
  meeting,
  hasMeetings,
  missing,
  onClose,
  children,
}: {
  ref: Ref<HTMLDivElement>;
  own: string;
  meeting: Meeting | null;
  hasMeetings: boolean;
  missing: Error | null;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <div ref={ref} className={children ? "legend legend-player" : "legend"}>
      <div className="legend-head">
        <ul>
          <li className="legend-own">{own}</li>
          {meeting ? (
            <li className="legend-other">{nameOf(meeting.person)}</li>
          ) : (
            hasMeetings && <li className="legend-meeting">Meetings, larger the longer</li>
          )}
        </ul>
        {meeting && (
          <button type="button" className="link" onClick={onClose}>
            Back to all meetings
          </button>
        )}
      </div>
      {missing && (
        <p className="legend-missing" role="status">
          {meeting ? "The tracks of this meeting" : "The track"} can’t be shown right now: {missing.message}.
        </p>
      )}
      {children}
    </div>
  );
}
