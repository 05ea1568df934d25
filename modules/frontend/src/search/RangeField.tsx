import { useQuery } from "@tanstack/react-query";
import { reportedSpanQuery } from "../api/tracks";
import { lastSevenDays, type View } from "../address/view";
import { addDays, dayOf, today, viewerZone, type Day } from "../time/zone";

interface Range {
  from: Day;
  to: Day;
}

/** From which day to which. Days are those of the view's zone; choosing any makes them the viewer's. */
export function RangeField({
  view,
  person,
  error,
  onChange,
}: {
  view: View;
  person: number;
  error: string | undefined;
  onChange: (range: Range & { zone: string }) => void;
}) {
  const zone = viewerZone();
  const thisDay = today(zone);
  const dayBefore = addDays(thisDay, -1);
  const { data: reported } = useQuery(reportedSpanQuery(person));
  const shortcuts: { label: string; range: Range | null }[] = [
    { label: "Today", range: { from: thisDay, to: thisDay } },
    { label: "Yesterday", range: { from: dayBefore, to: dayBefore } },
    { label: "7 days", range: lastSevenDays(zone) },
    { label: "Everything", range: reported ? daysOf(reported, zone) : null },
  ];
  const choose = (range: Range) => onChange({ ...range, zone });

  return (
    <div className="range-field" role="group" aria-label="Days">
      <div className="segments">
        {shortcuts.map(({ label, range }) => (
          <button
            key={label}
            type="button"
            disabled={!range}
            aria-pressed={range?.from === view.from && range.to === view.to && zone === view.zone}
            onClick={() => range && choose(range)}
          >
            {label}
          </button>
        ))}
      </div>
      <div className="range-days">
        <input
          type="date"
          aria-label="First day"
          aria-invalid={error !== undefined}
          value={view.from}
          onChange={(event) => event.target.value && choose({ from: event.target.value, to: view.to })}
        />
        <span aria-hidden="true">–</span>
        <input
          type="date"
          aria-label="Last day"
          aria-invalid={error !== undefined}
          value={view.to}
          onChange={(event) => event.target.value && choose({ from: view.from, to: event.target.value })}
        />
      </div>
      {zone !== view.zone && (
        <p className="range-zone muted">
          Days of {view.zone}, as in the link.{" "}
          <button type="button" className="link" onClick={() => choose(view)}>
            Use {zone}
          </button>
        </p>
      )}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

export function daysOf({ first, last }: { first: string; last: string }, zone: string): Range {
  return { from: dayOf(Date.parse(first), zone), to: dayOf(Date.parse(last), zone) };
}
