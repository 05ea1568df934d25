/** A place where a slider can rest, and how it is read out. */
export interface Stop {
  value: string;
  text: string;
}

/** Each is about a third more than the one before: on a slider that is a scale of logarithms. */
export const DISTANCES: readonly Stop[] = [
  1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100,
].map((metres) => ({ value: String(metres), text: `${metres} metres` }));

export const TIME_WINDOWS: readonly Stop[] = [
  ...[1, 2, 3, 5, 10, 15, 20, 30, 45].map((seconds) => ({ value: String(seconds), text: `${seconds} seconds` })),
  ...[1, 2, 3, 5, 10, 15, 20, 30, 45, 60].map((minutes) => ({ value: String(minutes * 60), text: `${minutes} minutes` })),
  { value: "any", text: "any time" },
];

export const PROBABILITIES: readonly Stop[] = [
  10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99,
].map((percent) => ({ value: String(percent), text: `${percent} per cent` }));

export const MINIMUM_MINUTES: readonly Stop[] = [
  { value: "0", text: "any length" },
  ...[1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60].map((minutes) => ({ value: String(minutes), text: `${minutes} minutes` })),
];

export const MINIMUM_PEOPLE: readonly Stop[] = [3, 4, 5, 6, 8, 10, 15, 20].map((people) => ({
  value: String(people),
  text: `${people} people`,
}));

/** Where the slider stands for a figure: at the stop that is nearest by ratio, for any at "any" or else at the start. */
export function nearestStop(stops: readonly Stop[], value: string): number {
  const exact = stops.findIndex((stop) => stop.value === value);
  if (exact >= 0) return exact;
  const figure = Math.log(Number(value));
  let nearest = 0;
  let least = Infinity;
  stops.forEach((stop, index) => {
    const away = Math.abs(Math.log(Number(stop.value)) - figure);
    if (away < least) [nearest, least] = [index, away];
  });
  return nearest;
}
