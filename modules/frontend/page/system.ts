function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: tests/e2e/page sets it and starts this test`);
  return value;
}

export const FRONTEND = variable("FRONTEND_URL");
export const PERSON = variable("PERSON_URL");
export const CONNECTION = variable("CONNECTION_URL");
export const PHONE = variable("PHONE_URL");

/**
 * Somebody with meetings on that day, a word that only the name of that person has, somebody who went a long way on that
 * day, 100,000 fixes, somebody who met somebody more than a thousand times within some days, and somebody who met somebody
 * from 10:00 to 10:01 of that day in Berlin, 7 fixes, and would rather not have it known, and somebody of three who were
 * together from 10:00 to 10:05 of that day, of whom another was with somebody else from 11:00 to 11:05.
 */
export const { id, word, day, walker, often, shy, sociable } = JSON.parse(variable("PAGE_TEST_PERSON")) as {
  id: number;
  word: string;
  day: string;
  walker: number;
  often: { id: number; from: string; to: string };
  shy: number;
  sociable: number;
};

export function linkTo(person: number, origin = FRONTEND, from = day, to = from): string {
  return `${origin}/?person=${person}&from=${from}&to=${to}&zone=Europe/Berlin`;
}

/** Somebody new of that name. */
export async function somebody(name: string): Promise<number> {
  const [first_name, last_name] = name.split(" ");
  const body = JSON.stringify({ first_name, last_name, company_name: "Engines" });
  const answer = await fetch(`${PERSON}/api/persons`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return ((await answer.json()) as { id: number }).id;
}
