import { Problem } from "../api/fetchOrThrow";
import type { MeetingSearch } from "../api/meetings";
import { show, type Kind } from "../address/useView";
import type { View } from "../address/view";
import { Switch } from "../ui/Switch";
import { DistanceCounts } from "./DistanceCounts";
import { rangeFault } from "./meetingSearch";
import { RangeField } from "./RangeField";
import { SliderField } from "./SliderField";
import { DISTANCES, MINIMUM_MINUTES, PROBABILITIES, TIME_WINDOWS } from "./stops";

/** What counts as a meeting: in which days, how near, how surely, how long. */
export function SearchForm({
  view,
  search,
  error,
  count,
}: {
  view: View;
  search: MeetingSearch;
  error: Error | null;
  /** How many meetings were found with the chosen distance. */
  count: string | undefined;
}) {
  const refused = error instanceof Problem ? error : null;
  const change = (part: Partial<View>, kind: Kind = "step") => show({ ...view, ...part }, kind);
  const isByFixes = view.method === "fixes";
  const lengthError = refused?.reason("min_duration");

  return (
    <form className="search-form" aria-label="What counts as a meeting" onSubmit={(event) => event.preventDefault()}>
      <RangeField
        view={view}
        person={search.person}
        error={rangeFault(view) ?? refused?.reason("start_date", "end_date")}
        onChange={change}
      />
      <SliderField
        label="Distance"
        unit="m"
        stops={DISTANCES}
        value={view.distance}
        error={refused?.reason("distance")}
        onChange={(distance, kind) => change({ distance }, kind)}
      >
        <DistanceCounts
          search={search}
          count={count}
          failed={error !== null}
          onChoose={(distance) => change({ distance })}
        />
      </SliderField>
      {isByFixes ? (
        <SliderField
          label="Time apart"
          unit="s"
          stops={TIME_WINDOWS}
          value={view.timeWindow}
          error={refused?.reason("time_window", "gap")}
          onChange={(timeWindow, kind) => change({ timeWindow }, kind)}
        />
      ) : (
        <SliderField
          label="How sure, at least"
          unit="%"
          stops={PROBABILITIES}
          value={view.minimumProbability}
          error={refused?.reason("min_probability")}
          onChange={(minimumProbability, kind) => change({ minimumProbability }, kind)}
        />
      )}
      <details className="search-more" open={lengthError !== undefined || undefined}>
        <summary>
          <span>More</span> <span className="muted">{describeMore(view)}</span>
        </summary>
        <SliderField
          label="Lasting"
          unit="min"
          stops={MINIMUM_MINUTES}
          value={view.minimumMinutes}
          error={lengthError}
          onChange={(minimumMinutes, kind) => change({ minimumMinutes }, kind)}
        />
        <Switch
          label="Not only at the same time"
          note="By single fixes: also who was at the same place some minutes before or after."
          checked={isByFixes}
          onChange={(checked) => change({ method: checked ? "fixes" : "estimate" })}
        />
        {isByFixes && (
          <>
            <Switch
              label="Fill in between fixes"
              note="As though everybody walked straight on."
              checked={view.interpolate}
              onChange={(interpolate) => change({ interpolate })}
            />
            <Switch
              label="Include possible meetings"
              note="Near enough only if the phones were that inexact."
              checked={view.includePossible}
              onChange={(includePossible) => change({ includePossible })}
            />
          </>
        )}
      </details>
    </form>
  );
}

/** What is set there, for whoever does not look. */
function describeMore({ minimumMinutes, method, interpolate, includePossible }: View): string {
  const length = minimumMinutes === "0" ? "any length" : `${minimumMinutes} min or longer`;
  const ofFixes = ["not only at the same time", interpolate && "between fixes", includePossible && "possible ones"];
  return [length, ...(method === "fixes" ? ofFixes : [])].filter(Boolean).join(", ");
}
