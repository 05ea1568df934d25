/**
 * How complete an answer is: the header Udaconnect-Freshness, a dictionary of Structured Fields (RFC 9651). Times are ms;
 * null: not known.
 */
export interface Freshness {
  /** When the newest location of the person that can be seen was taken. */
  newest: number | null;
  /** Records that are on the way and not stored yet. */
  lag: number | null;
  /** When `lag` was true. */
  asOf: number | null;
  /** When the answer was given, by the clock of whoever gave it. */
  answeredAt: number;
}

/** The consumer says every second how far it is: after this long without a word it may be down. */
const SILENCE_MS = 15_000;

export function readFreshness(headers: Headers, now = Date.now()): Freshness | null {
  const text = headers.get("Udaconnect-Freshness");
  if (text === null) return null;
  const members = new Map(text.split(",").map((member) => member.trim().split("=", 2) as [string, string | undefined]));
  const date = (name: string) => seconds(/^@(-?\d+)$/.exec(members.get(name) ?? "")?.[1]);
  const lag = /^\d+$/.exec(members.get("lag") ?? "")?.[0];
  const answeredAt = Date.parse(headers.get("Date") ?? "");
  return {
    newest: date("newest"),
    lag: lag === undefined ? null : Number(lag),
    asOf: date("as_of"),
    answeredAt: Number.isNaN(answeredAt) ? now : answeredAt,
  };
}

export type Completeness =
  | { state: "complete"; until: number }
  | { state: "behind"; records: number }
  | { state: "silent"; since: number }
  | { state: "unknown" };

/** What can be said to somebody who wants to know whether they see all there is. */
export function completenessOf({ lag, asOf, answeredAt }: Freshness): Completeness {
  if (lag === null || asOf === null) return { state: "unknown" };
  if (answeredAt - asOf > SILENCE_MS) return { state: "silent", since: asOf };
  return lag > 0 ? { state: "behind", records: lag } : { state: "complete", until: asOf };
}

function seconds(text: string | undefined): number | null {
  return text === undefined ? null : Number(text) * 1000;
}
