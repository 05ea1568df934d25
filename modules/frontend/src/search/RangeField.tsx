import { useQueryClient, useQuery } from "@tanstack/react-query";
import { useState } from "react";
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
  const shortcuts: { label: string; range: Range }[] = [
    { label: "Today", range: { from: thisDay, to: thisDay } },
    { label: "Yesterday", range: { from: dayBefore, to: dayBefore } },
    { label: "7 days", range: lastSevenDays(zone) },
  ];
  const choose = (range: Range) => onChange({ ...range, zone });
  const isChosen = (range: Range | null) => range?.from === view.from && range.to === view.to && zone === view.zone;
  const whole = useWholeRange(person, zone);
  // With meetings of one day only, that day and everything are the same: the day says more.
  const isWhole = isChosen(whole.range) && !shortcuts.some(({ range }) => isChosen(range));

  return (
    <div className="range-field" role="group" aria-label="Days">
      <div className="segments">
        {shortcuts.map(({ label, range }) => (
          <button key={label} type="button" aria-pressed={isChosen(range)} onClick={() => choose(range)}>
            {label}
          </button>
        ))}
        <button
          type="button"
          aria-pressed={isWhole}
          disabled={whole.isLooking}
          onClick={() => void whole.find().then((range) => range && choose(range))}
        >
          Everything
        </button>
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
      {whole.note && (
        <p className="range-zone muted" role="status">
          {whole.note}
        </p>
      )}
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

/** The days in which the person reported. They are looked up when asked for: it takes a look at all that they reported. */
function useWholeRange(person: number, zone: string) {
  const queries = useQueryClient();
  const { data: reported } = useQuery({ ...reportedSpanQuery(person), enabled: false });
  const [state, setState] = useState<"idle" | "looking" | "failed">("idle");
  const find = async (): Promise<Range | null> => {
    setState("looking");
    try {
      const span = await queries.query(reportedSpanQuery(person));
      setState("idle");
      return span && daysOf(span, zone);
    } catch {
      setState("failed");
      return null;
    }
  };
  return {
    range: reported ? daysOf(reported, zone) : null,
    find,
    isLooking: state === "looking",
    note:
      state === "failed"
        ? "When this person reported can’t be looked up right now."
        : reported === null && "This person has not reported a location yet.",
  };
}

export function daysOf({ first, last }: { first: string; last: string }, zone: string): Range {
  return { from: dayOf(Date.parse(first), zone), to: dayOf(Date.parse(last), zone) };
}
