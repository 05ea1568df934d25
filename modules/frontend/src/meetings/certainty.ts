import type { Certainty } from "../api/meetings";

/** How each is called, and what it says about the two having been as near as asked for. */
export const CERTAINTIES: Record<Certainty, { name: string; meaning: string }> = {
  certain: { name: "Certain", meaning: "even if both phones were as inexact as they said" },
  likely: { name: "Likely", meaning: "going by what the phones reported" },
  possible: { name: "Possible", meaning: "only if the phones were as inexact as they said" },
};
