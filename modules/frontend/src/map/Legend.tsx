import type { ReactNode, Ref } from "react";

/** What the colours on the map stand for, what is missing on it, and the player of the meeting or group that is chosen. */
export function Legend({
  ref,
  own,
  other,
  all,
  hasMeetings,
  missing,
  onClose,
  children,
}: {
  ref: Ref<HTMLDivElement>;
  own: string;
  /** Who is on the map besides, where one is chosen. */
  other: string | null;
  /** Of what one is chosen. */
  all: "meetings" | "groups";
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
          {other !== null ? (
            <li className="legend-other">{other}</li>
          ) : (
            hasMeetings && <li className="legend-meeting">{all === "groups" ? "Groups" : "Meetings"}, larger the longer</li>
          )}
        </ul>
        {other !== null && (
          <button type="button" className="link" onClick={onClose}>
            Back to all {all}
          </button>
        )}
      </div>
      {missing && (
        <p className="legend-missing" role="status">
          {other !== null ? `The tracks of this ${all.slice(0, -1)}` : "The track"} can’t be shown right now: {missing.message}.
        </p>
      )}
      {children}
    </div>
  );
}
