import { useEffect, useState, useSyncExternalStore } from "react";
import { useMediaQuery } from "../ui/useMediaQuery";
import { Playback } from "./Playback";

const STEP_MS = 1000;

export interface Stretch {
  start: number;
  end: number;
  /** Where the play head stands at first, and whenever this changes. */
  time: number;
}

/** One playback as long as the key is the same, over a stretch that may grow meanwhile. Null without a stretch. */
export function usePlayback(key: string | null, stretch: Stretch | null): Playback | null {
  const [kept, setKept] = useState<{ key: string; playback: Playback } | null>(null);
  let playback = kept?.key === key ? kept.playback : null;
  if (!playback && key !== null && stretch) {
    playback = new Playback(stretch.start, stretch.end, stretch.time);
    setKept({ key, playback });
  }
  const { start, end, time } = stretch ?? {};
  useEffect(() => {
    if (start !== undefined && end !== undefined) playback?.cover(start, end);
  }, [playback, start, end]);
  useEffect(() => {
    if (time !== undefined) playback?.seek(time);
  }, [playback, time]);
  return stretch && playback;
}

export function useTime(playback: Playback): number {
  return useSyncExternalStore(playback.subscribe, () => playback.time);
}

export function useIsPlaying(playback: Playback): boolean {
  return useSyncExternalStore(playback.subscribe, () => playback.isPlaying);
}

export function useSpeed(playback: Playback): number {
  return useSyncExternalStore(playback.subscribe, () => playback.speed);
}

/** Lets time pass while it plays: with every frame, or once a second for those who want less motion. */
export function useClock(playback: Playback): void {
  const isPlaying = useIsPlaying(playback);
  const inSteps = useMediaQuery("(prefers-reduced-motion: reduce)");
  useEffect(() => {
    if (!isPlaying) return;
    if (inSteps) {
      const timer = setInterval(() => playback.advance(STEP_MS), STEP_MS);
      return () => clearInterval(timer);
    }
    let last = performance.now();
    const frame = (now: number) => {
      playback.advance(Math.max(0, now - last));
      last = now;
      handle = requestAnimationFrame(frame);
    };
    let handle = requestAnimationFrame(frame);
    return () => cancelAnimationFrame(handle);
  }, [playback, isPlaying, inSteps]);
}
