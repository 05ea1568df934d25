import type { QueryClient } from "@tanstack/react-query";
import { completenessOf } from "./freshness";
import { fetchPage } from "./page";
import { locations, type Fix } from "./tracks";

/** Whatever is made of locations. */
const MEASURED = ["encounters", "contacts", "meeting count", "track line", "track stretch", "track", "way", "reported span"];

/** How long after one another it is asked whether all is stored: the consumer says every second how far it is. */
const WAITS_MS = [1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000];

/** Has everything made of locations looked up again. What nobody looks at now is dropped: it is not to be shown once more. */
export function lookAgain(queries: QueryClient): void {
  for (const kind of MEASURED) {
    queries.removeQueries({ queryKey: [kind], type: "inactive" });
    void queries.invalidateQueries({ queryKey: [kind] });
  }
}

/** The same, once what has been taken can be seen: it is stored a moment later, or some time, behind what others send. */
export async function lookAgainOnceStored(queries: QueryClient, person: number): Promise<void> {
  try {
    await untilStored(person);
  } catch {
    // What is looked up next says itself what is wrong.
  }
  lookAgain(queries);
}

async function untilStored(person: number): Promise<void> {
  const moment = new Date(0).toISOString();
  let takenBy: number | null = null;
  for (const wait of WAITS_MS) {
    const { freshness } = await fetchPage<Fix>(locations({ person, start: moment, end: moment }, 2));
    const completeness = freshness && completenessOf(freshness);
    if (!completeness || completeness.state === "unknown") return;
    takenBy ??= freshness.answeredAt;
    if (completeness.state === "complete" && completeness.until > takenBy) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
