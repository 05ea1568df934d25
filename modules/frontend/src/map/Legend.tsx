import type { ReactNode, Ref } from "react";

/** What the colours on the map stand for, what is missing on it, and the player of the meeting or group that is chosen. */
export function Legend({
  ref,
  own,
  others,
  all,
  hasCircles,
  missing,
  onClose,
  children,
}: {
  ref: Ref<HTMLDivElement>;
  own: string;
  /** Who is on the map besides, where one is chosen. */
  others: string | null;
  /** Of what one is chosen. */
  all: "meetings" | "groups";
  hasCircles: boolean;
  /** What is not on the map, in a sentence. */
  missing: string | null;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <div ref={ref} className={children ? "legend legend-player" : "legend"}>
      <div className="legend-head">
        <ul>
          <li className="legend-own">{own}</li>
          {others !== null ? (
            <li className="legend-other">{others}</li>
          ) : (
            hasCircles && <li className="legend-meeting">{all === "groups" ? "Groups" : "Meetings"}, larger the longer</li>
          )}
        </ul>
        {others !== null && (
          <button type="button" className="link" onClick={onClose}>
            Back to all {all}
          </button>
        )}
      </div>
      {missing && (
        <p className="legend-missing" role="status">
          {missing}
        </p>
      )}
      {children}
    </div>
  );
}
