import { EventSourceParserStream } from "eventsource-parser/stream";
import { fetchOrThrow, Problem } from "./fetchOrThrow";
import type { Meeting } from "./meetings";

/** An encounter as it is told while it goes on: a preliminary look, corrected once it is settled. Times are RFC 3339 in UTC. */
export interface LiveEncounter extends Pick<Meeting, "person" | "started_at" | "closest_m" | "place"> {
  id: number;
  /** Null as long as it goes on. */
  ended_at: string | null;
  probability: number;
  told_at: string;
}

/** What encounter_stream tells; its README says what each means. `id`: of an event, to go on after it. */
export type Told =
  | { name: "now"; id?: string; data: { encounters: LiveEncounter[] } }
  | { name: "begun" | "ended" | "corrected"; id?: string; data: LiveEncounter }
  | { name: "retracted"; id?: string; data: { id: number } }
  | { name: "missed"; id?: string; data: { detail: string } }
  | { name: "end"; id?: string; data: { reason: string; detail: string } };

/** There is a heartbeat each 15 s: after this long without one nobody is there any more. */
const SILENCE_MS = 45_000;

/**
 * What is told of a person until the stream ends, after the event of that id, or from now on. The first item, null, says that
 * it is listened. Throws a Problem where it is refused, breaks off, or falls silent.
 */
export async function* toldOf(person: number, after: string | undefined, signal: AbortSignal): AsyncGenerator<Told | null> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const heard = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (chunk, controller) => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      controller.enqueue(chunk);
    },
  });
  try {
    const response = await fetchOrThrow(`/api/persons/${person}/encounters/live`, {
      signal: AbortSignal.any([signal, silence.signal]),
      headers: after === undefined ? {} : { "Last-Event-ID": after },
    });
    yield null;
    const events = response.body?.pipeThrough(heard).pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    const reader = events?.getReader();
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      const { event, id, data } = next.value;
      yield { name: event, id, data: JSON.parse(data) as unknown } as Told;
    }
  } catch (error) {
    throw signal.aborted || error instanceof Problem ? error : new Problem(0, "the connection was lost");
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
