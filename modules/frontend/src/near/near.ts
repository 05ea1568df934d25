import { queryOptions, experimental_streamedQuery as streamedQuery } from "@tanstack/react-query";
import { toldOf, type LiveEncounter, type Told } from "../api/live";
import { recoveryInterval } from "../api/recovery";

/** Who is near the person, and who was a while ago, as far as was told. */
export interface Near {
  encounters: readonly LiveEncounter[];
  /** Of the last event: what comes after it is asked for when the connection was lost. */
  after: string | undefined;
}

const NOBODY: Near = { encounters: [], after: undefined };
/** A stream that was ended is asked for again, not at once. */
const PAUSE_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Stays up to date as long as it is looked at: it fetches all the time, and whoever comes back goes on where they were. */
export function nearQuery(person: number) {
  return queryOptions<Near>({
    queryKey: ["near", person],
    queryFn: streamedQuery<Told | null, Near>({
      streamFn: ({ client, queryKey, signal }) => followed(person, () => client.getQueryData<Near>(queryKey)?.after, signal),
      reducer: (near, told) => (told ? nearAfter(near, told) : near),
      initialValue: NOBODY,
      refetchMode: "append",
    }),
    staleTime: 0,
    refetchInterval: recoveryInterval,
  });
}

/** One stream after another. The one that tells that the token or the person is gone is followed by a refusal. */
async function* followed(person: number, after: () => string | undefined, signal: AbortSignal): AsyncGenerator<Told | null> {
  while (!signal.aborted) {
    yield* toldOf(person, after(), signal);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** What is known after that was told. */
export function nearAfter(near: Near, told: Told): Near {
  const after = told.id ?? near.after;
  const others = (id: number) => near.encounters.filter((one) => one.id !== id);
  switch (told.name) {
    case "now": // what is not among them has ended, or is told to have been missed
      return { encounters: [...near.encounters.filter((one) => one.ended_at !== null), ...told.data.encounters], after };
    case "begun":
    case "ended":
    case "corrected":
      return { encounters: [...others(told.data.id), told.data], after };
    case "retracted":
      return { encounters: others(told.data.id), after };
    case "missed": // some of these may be to be forgotten
      return { encounters: [], after };
    case "end":
      return { ...near, after };
  }
}

export function goingOn(encounters: readonly LiveEncounter[]): LiveEncounter[] {
  return encounters.filter(({ ended_at }) => ended_at === null);
}

/** Those who are near, the newest first, and those who were within the last hour before `now` (ms), the last first. */
export function nearAt({ encounters }: Near, now: number): { here: LiveEncounter[]; gone: LiveEncounter[] } {
  const gone = encounters.filter(({ ended_at }) => ended_at !== null && Date.parse(ended_at) > now - HOUR_MS);
  return {
    here: goingOn(encounters).sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at)),
    gone: gone.sort((a, b) => Date.parse(b.ended_at ?? "") - Date.parse(a.ended_at ?? "")),
  };
}
