import { expect, test } from "vitest";
import { surenessOf } from "./certainty";

test.each([
  [1, "Almost certain", "99 %"],
  [0.95, "Almost certain", "95 %"],
  [0.8, "Very likely", "80 %"],
  [0.65, "Likely", "65 %"],
  [0.5, "More likely than not", "50 %"],
  [0.3, "Rather unlikely", "30 %"],
  [0, "Unlikely", "1 %"],
])("a probability of %s is %s, %s", (probability, name, percent) => {
  expect(surenessOf({ probability })).toEqual({ name, meaning: `${percent} that they were this near`, share: probability });
});

test("by fixes it is said what the phones' own accuracy makes of it", () => {
  expect(surenessOf({ certainty: "likely" })?.meaning).toBe("going by what the phones reported");
  expect(surenessOf({})).toBeNull();
});
