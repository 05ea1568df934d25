import type { Certainty, Meeting } from "../api/meetings";

/** How a meeting's certainty is called, what it means, and how full its mark is. */
export interface Sureness {
  name: string;
  meaning: string;
  /** From 0 to 1. */
  share: number;
}

/** By fixes: what each says about the two having been as near as asked for. */
export const CERTAINTIES: Record<Certainty, Sureness> = {
  certain: { name: "Certain", meaning: "even if both phones were as inexact as they said", share: 1 },
  likely: { name: "Likely", meaning: "going by what the phones reported", share: 0.5 },
  possible: { name: "Possible", meaning: "only if the phones were as inexact as they said", share: 0 },
};

/** By estimate: from which probability on it is called what. */
const PROBABILITIES = [
  { from: 0.95, name: "Almost certain" },
  { from: 0.8, name: "Very likely" },
  { from: 0.65, name: "Likely" },
  { from: 0.5, name: "More likely than not" },
  { from: 0.25, name: "Rather unlikely" },
  { from: 0, name: "Unlikely" },
];

export function surenessOf({ probability, certainty }: Pick<Meeting, "probability" | "certainty">): Sureness | null {
  if (probability === undefined) return certainty ? CERTAINTIES[certainty] : null;
  const name = PROBABILITIES.find(({ from }) => probability >= from)?.name ?? "Unlikely";
  return { name, meaning: `${formatProbability(probability)} that they were this near`, share: probability };
}

/** "82 %"; 100 % is never said, and neither is 0 %. */
export function formatProbability(probability: number): string {
  return `${Math.min(99, Math.max(1, Math.round(100 * probability)))} %`;
}
