import type { LiveEncounter, Told } from "./live";
import type { Person } from "./persons";

/** What encounter_stream would answer one listener, for tests. */
export class FakeStream {
  /** The event after which it was asked to go on. */
  readonly after: string | null;
  /** Whether nobody listens any more. */
  isLeft = false;
  readonly body: ReadableStream<Uint8Array>;
  #controller?: ReadableStreamDefaultController<Uint8Array>;

  constructor(after: string | null, signal?: AbortSignal | null) {
    this.after = after;
    this.body = new ReadableStream({ start: (controller) => void (this.#controller = controller) });
    signal?.addEventListener("abort", () => {
      this.isLeft = true;
      this.#controller?.error(signal.reason);
    });
  }

  tell({ id, name, data }: Told): void {
    const text = `${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#controller?.close();
  }

  /** The connection breaks. */
  lose(): void {
    this.#controller?.error(new TypeError("network error"));
  }
}

export function encounter(id: number, person: Person, started_at: string, more: Partial<LiveEncounter> = {}): LiveEncounter {
  const place = { latitude: 50.11, longitude: 8.65 };
  return { id, person, started_at, ended_at: null, closest_m: 1.8, place, probability: 0.9, told_at: started_at, ...more };
}
