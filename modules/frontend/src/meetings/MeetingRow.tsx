import { memo } from "react";
import type { Meeting } from "../api/meetings";
import { companyOf, nameOf } from "../api/persons";
import { show } from "../address/useView";
import { viewOf, type View } from "../address/view";
import { ViewLink } from "../address/ViewLink";
import { formatCount, formatDuration, formatExactClock, formatMetres, formatShortDay, formatSpan } from "../time/format";
import { dayOf, viewerZone } from "../time/zone";
import { Avatar } from "../ui/Avatar";
import { useScrolledTo } from "../ui/useScrolledTo";
import { surenessOf } from "./certainty";
import { PlaceOf } from "./PlaceOf";
import { SurenessMark } from "./SurenessMark";
import { keyOf } from "./useMeetings";

/** One meeting; choosing it opens what is known about it here and on the map, choosing it again closes both. */
export const MeetingRow = memo(function MeetingRow({
  meeting,
  view,
  isChosen,
}: {
  meeting: Meeting;
  view: View;
  isChosen: boolean;
}) {
  const row = useScrolledTo<HTMLLIElement>(isChosen);
  const { person } = meeting;
  const sureness = surenessOf(meeting);
  const underPerson = view.grouping === "person";

  return (
    <li ref={row} className={isChosen ? "meeting meeting-chosen" : "meeting"}>
      <button
        type="button"
        className="row"
        aria-expanded={isChosen}
        onClick={() => show({ ...view, meeting: isChosen ? null : keyOf(meeting) })}
      >
        {!underPerson && <Avatar person={person} />}
        <span className="row-text">
          <span className="row-title">
            {underPerson ? formatShortDay(dayOf(Date.parse(meeting.started_at), viewerZone())) : nameOf(person)}
          </span>
          <span className="row-note">
            {underPerson ? formatSpan(meeting.started_at, meeting.ended_at) : companyOf(person)}
          </span>
        </span>
        <span className="row-figures">
          {!underPerson && <span>{formatSpan(meeting.started_at, meeting.ended_at)}</span>}
          <span className={underPerson ? undefined : "row-note"}>
            <span>{`${formatDuration(meeting.duration_s)} · ${formatMetres(meeting.closest_m)}`}</span>{" "}
            {sureness && <SurenessMark {...sureness} />}
          </span>
        </span>
      </button>
      {isChosen && (
        <div className="meeting-detail">
          <dl>
            <div>
              <dt>Closest</dt>
              <dd>
                {formatMetres(meeting.closest_m)}
                {meeting.closest_sd_m !== undefined && ` ± ${formatMetres(meeting.closest_sd_m)}`} at{" "}
                {formatExactClock(meeting.closest_at)}
              </dd>
            </div>
            <div>
              <dt>Where</dt>
              <dd>
                <PlaceOf meeting={meeting} />
              </dd>
            </div>
            {sureness && (
              <div>
                <dt>How sure</dt>
                <dd>{`${sureness.name}, ${sureness.meaning}`}</dd>
              </div>
            )}
            <div>
              <dt>Seen in</dt>
              <dd>
                {formatCount(meeting.fixes, "fix", "fixes")} of the other
                {meeting.own_fixes !== undefined && `, ${meeting.own_fixes.toLocaleString("en-GB")} own`}
              </dd>
            </div>
          </dl>
          {!underPerson && (
            <ViewLink className="link" to={viewOf(view, person.id)}>
              Meetings of {nameOf(person)}
            </ViewLink>
          )}
        </div>
      )}
    </li>
  );
});
