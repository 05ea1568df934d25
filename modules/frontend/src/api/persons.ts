import { infiniteQueryOptions, keepPreviousData, queryOptions, type QueryClient } from "@tanstack/react-query";
import { arrivedAnswer, ask } from "./ask";
import { fetchOrThrow, Problem, sendJson } from "./fetchOrThrow";
import { pagesFrom } from "./page";
import { personPath, personsPath, PERSONS } from "./paths";

export interface Person {
  id: number;
  first_name: string;
  last_name: string;
  company_name: string;
}

export type NewPerson = Omit<Person, "id">;

/**
 * Characters that show nothing, or turn around what stands beside them: control characters, marks of direction, and other
 * invisible ones. The joiners of Persian words and of emoji (U+200C, U+200D) are none of them.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** As it can be shown among other text, whatever is in it. */
export function harmless(text: string): string {
  return text.replace(UNSEEN, " ").replace(/\s+/g, " ").trim();
}

export function nameOf({ id, first_name, last_name }: Person): string {
  return harmless(`${first_name} ${last_name}`) || `Person ${id}`;
}

export function companyOf({ company_name }: Person): string {
  return harmless(company_name);
}

export function personsQuery(search: string) {
  return infiniteQueryOptions({
    queryKey: ["persons", search],
    ...pagesFrom<Person>(personsPath(search)),
    placeholderData: keepPreviousData, // the list stays while the next letter is looked up
  });
}

export function personQuery(id: number) {
  return queryOptions({
    queryKey: ["person", id],
    queryFn: async ({ signal }) => (await ask(personPath(id), signal)).body as Person,
    initialData: () => arrivedAnswer(personPath(id))?.body as Person | undefined,
    staleTime: 5 * 60_000,
  });
}

export async function createPerson(person: NewPerson): Promise<Person> {
  return (await sendJson("POST", PERSONS, person)) as Person;
}

/** Forgets whoever is known by name, and their meetings: one of them has been erased and may be in any of it. */
export function forgetPeople(queries: QueryClient): void {
  for (const kind of ["persons", "person", "encounters", "contacts", "meeting count", "year", "introductions", "groups", "near"]) {
    queries.removeQueries({ queryKey: [kind] });
  }
}

/** Erases the person and all that they reported, everywhere. Whoever is gone already is gone as well. */
export async function deletePerson(id: number): Promise<void> {
  try {
    await fetchOrThrow(personPath(id), { method: "DELETE" });
  } catch (error) {
    if (!(error instanceof Problem && error.status === 404)) throw error;
  }
}
