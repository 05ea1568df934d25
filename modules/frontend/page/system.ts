function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: tests/e2e/page sets it and starts this test`);
  return value;
}

export const FRONTEND = variable("FRONTEND_URL");
export const PERSON = variable("PERSON_URL");
export const CONNECTION = variable("CONNECTION_URL");

/**
 * Somebody with meetings on that day, a word that only the name of that person has, somebody who went a long way on that
 * day, 100,000 fixes, and somebody in a dense crowd of a million fixes.
 */
export const { id, word, day, walker, crowd } = JSON.parse(variable("PAGE_TEST_PERSON")) as {
  id: number;
  word: string;
  day: string;
  walker: number;
  crowd: { id: number; day: string };
};

export function linkTo(person: number, origin = FRONTEND, on = day): string {
  return `${origin}/?person=${person}&from=${on}&to=${on}&zone=Europe/Berlin`;
}
