import { completenessOf, type Completeness, type Freshness } from "../api/freshness";
import { formatMoment } from "../time/format";

/** How complete the list is, by what came with it. */
export function FreshnessLine({ freshness, askedAt }: { freshness: Freshness | null; askedAt: number }) {
  const completeness: Completeness = freshness ? completenessOf(freshness) : { state: "unknown" };
  const newest = freshness?.newest ?? null;
  return (
    <p className={`freshness freshness-${completeness.state}`} role="status">
      <span className="freshness-dot" aria-hidden="true" />
      <span>
        <span>{describe(completeness, askedAt)}</span>
        {newest !== null && <span className="muted">, newest location {formatMoment(newest)}</span>}
      </span>
    </p>
  );
}

function describe(completeness: Completeness, askedAt: number): string {
  switch (completeness.state) {
    case "complete":
      return `Complete up to ${formatMoment(completeness.until)}`;
    case "behind": {
      const { records } = completeness;
      return `${records.toLocaleString("en-GB")} ${records === 1 ? "record" : "records"} behind: more is on the way`;
    }
    case "silent":
      return `The consumer has not been heard of since ${formatMoment(completeness.since)}: something may be missing`;
    case "unknown":
      return `As of ${formatMoment(askedAt)}`;
  }
}
