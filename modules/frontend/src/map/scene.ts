import type { Meeting } from "../api/meetings";
import type { Evidence, Occasion } from "../geo/evidence";

/** What the map shows of the side of a person that is looked at. */
export interface Scene {
  /** What its circles are of, one of which may be chosen. */
  of: "meetings" | "groups";
  circles: readonly Pick<Meeting, "place" | "duration_s">[];
  /** With whom it was, by its place among the circles. */
  nameAt: (index: number) => string;
  onChoose: (index: number) => void;
  /** Whether all circles are there. */
  isReady: boolean;
  isError: boolean;
  /** Where the circles are is all that counts, not the way. */
  isAllThereIs: boolean;
  chosen: Chosen | null;
}

/** The meeting or group that is chosen, and what is known of it. */
export interface Chosen {
  /** The same as long as the same one is chosen. */
  key: string;
  /** Among the circles. */
  index: number;
  occasion: Occasion;
  /** With whom. */
  others: string;
  evidence: Evidence | null;
  /** As good as it gets, be it that a track can't be had. */
  isSettled: boolean;
  /** What is not on the map, in a sentence. */
  missing: string | null;
  /** Within how many metres they count as together; null where the services alone know. */
  limit: number | null;
  /** Where the play head was left (ms), if it was moved. */
  moment: number | null;
  keepMoment: (time: number) => void;
}
