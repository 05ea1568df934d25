export const SPEEDS = [1, 10, 30, 60, 120, 300] as const;
const USUAL_LENGTH_MS = 30_000;

/** A stretch of time being played: where the play head stands (ms), whether and how fast it moves. No clock of its own. */
export class Playback {
  #start: number;
  #end: number;
  #time: number;
  #isPlaying = false;
  #speed: number;
  readonly #listeners = new Set<() => void>();

  constructor(start: number, end: number, time: number) {
    this.#start = start;
    this.#end = end;
    this.#time = this.#within(time);
    this.#speed = SPEEDS.find((speed) => (end - start) / speed <= USUAL_LENGTH_MS) ?? SPEEDS[SPEEDS.length - 1] ?? 1;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  get time(): number {
    return this.#time;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  get speed(): number {
    return this.#speed;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The stretch has grown, as that of a meeting which goes on; the play head stays where it is. */
  cover(start: number, end: number): void {
    if (start === this.#start && end === this.#end) return;
    [this.#start, this.#end] = [start, end];
    this.seek(this.#time);
  }

  seek(time: number): void {
    this.#time = this.#within(time);
    this.#tell();
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#tell();
  }

  /** Goes on, or from the start again where all has been played. */
  play(): void {
    if (this.#time >= this.#end) this.#time = this.#start;
    this.#isPlaying = true;
    this.#tell();
  }

  pause(): void {
    this.#isPlaying = false;
    this.#time = Math.round(this.#time);
    this.#tell();
  }

  toggle(): void {
    if (this.#isPlaying) this.pause();
    else this.play();
  }

  /** So much time has passed for whoever looks at it. Stops at the end. */
  advance(elapsed_ms: number): void {
    if (!this.#isPlaying) return;
    this.#time = this.#within(this.#time + elapsed_ms * this.#speed);
    if (this.#time >= this.#end) this.#isPlaying = false;
    this.#tell();
  }

  #within(time: number): number {
    return Math.min(this.#end, Math.max(this.#start, time));
  }

  #tell(): void {
    this.#listeners.forEach((listener) => listener());
  }
}
