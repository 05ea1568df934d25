import { useQuery } from "@tanstack/react-query";
import { reportedSpanQuery } from "../api/tracks";
import { show } from "../address/useView";
import type { View } from "../address/view";
import { daysOf } from "../search/RangeField";
import { formatShortDay } from "../time/format";
import { startOfDay, viewerZone } from "../time/zone";
import { Notice } from "../ui/Notice";

/** Nobody was met: what to do about it depends on when the person reported at all. */
export function NoMeetings({ view, person }: { view: View; person: number }) {
  const { data: reported, isPending } = useQuery(reportedSpanQuery(person));
  const title = "No meetings in these days";

  if (isPending) return <Notice title={title} />;
  if (reported === null) {
    return (
      <Notice title="No locations yet">
        This person has not reported a location. Send some with <code>udaconnect push FILE</code>, or let a conference
        report with <code>udaconnect simulate</code>.
      </Notice>
    );
  }
  if (reported && !overlaps(reported, view)) {
    const zone = viewerZone();
    const range = daysOf(reported, zone);
    const days =
      range.from === range.to
        ? `on ${formatShortDay(range.from)}`
        : `between ${formatShortDay(range.from)} and ${formatShortDay(range.to)}`;
    return (
      <Notice
        title={title}
        action={
          <button type="button" className="button button-primary" onClick={() => show({ ...view, ...range, zone })}>
            {range.from === range.to ? "Show that day" : "Show those days"}
          </button>
        }
      >
        All locations of this person were taken {days}.
      </Notice>
    );
  }
  return (
    <Notice
      title={title}
      action={
        <button type="button" className="button" onClick={() => show({ ...view, distance: "25", minimumMinutes: "0" })}>
          Look within 25 m
        </button>
      }
    >
      Nobody came this near. Try a greater distance, a longer time apart, or other days.
    </Notice>
  );
}

function overlaps({ first, last }: { first: string; last: string }, view: View): boolean {
  const { from, to } = daysOf({ first, last }, view.zone);
  return from <= view.to && to >= view.from && startOfDay(view.from, view.zone) <= Date.parse(last);
}
