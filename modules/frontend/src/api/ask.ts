import { fetchOrThrow } from "./fetchOrThrow";

/** What a service says: its JSON, and the headers that tell of it. */
export interface Answer {
  body: unknown;
  headers: Headers;
}

/** Questions that were asked before anybody wanted to know, by their path, and those of them that are answered. */
const early = new Map<string, Promise<Answer>>();
const arrived = new Map<string, Answer>();

/** The answer to a question; where it was asked early, to that one. Throws a Problem. */
export function ask(path: string, signal?: AbortSignal): Promise<Answer> {
  const asked = early.get(path);
  forget(path);
  return asked ?? fetchAnswer(path, signal);
}

/** Asks what somebody will want to know in a moment. Who then asks the same gets this answer, once. */
export function askEarly(path: string): void {
  const asked = fetchAnswer(path);
  early.set(path, asked);
  asked.then(
    (answer) => early.get(path) === asked && arrived.set(path, answer),
    () => undefined, // it is told to whoever asks
  );
}

/** The answer to what was asked early, once, if it is here. */
export function arrivedAnswer(path: string): Answer | undefined {
  const answer = arrived.get(path);
  if (answer) forget(path);
  return answer;
}

/** What was asked early and nobody wanted to know gets old. */
export function forgetEarly(): void {
  early.clear();
  arrived.clear();
}

function forget(path: string): void {
  early.delete(path);
  arrived.delete(path);
}

async function fetchAnswer(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await fetchOrThrow(path, { signal: signal ?? null, headers: { Accept: "application/json" } });
  return { body: await response.json(), headers: response.headers };
}
