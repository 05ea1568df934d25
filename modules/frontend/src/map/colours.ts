import { useSyncExternalStore } from "react";

/** The map's colours stand with all others in tokens.css; MapLibre needs them as values. */
const NAMES = {
  sea: "--map-sea",
  land: "--map-land",
  border: "--map-border",
  grid: "--map-grid",
  floor: "--map-floor",
  corridor: "--map-corridor",
  wall: "--map-wall",
  label: "--map-label",
  own: "--own",
  other: "--other",
  meeting: "--meeting",
  halo: "--map-halo",
  ink: "--ink",
} as const;

export type Colours = Record<keyof typeof NAMES, string>;

const dark = "(prefers-color-scheme: dark)";
let known: { dark: boolean; colours: Colours } | null = null;

/** The colours of the system's present setting, light or dark. */
export function useColours(): Colours {
  return useSyncExternalStore(subscribe, read);
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(dark);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

function read(): Colours {
  const isDark = window.matchMedia(dark).matches;
  if (known?.dark !== isDark) {
    const style = getComputedStyle(document.documentElement);
    const colours = Object.entries(NAMES).map(([name, variable]) => [name, style.getPropertyValue(variable).trim()]);
    known = { dark: isDark, colours: Object.fromEntries(colours) as Colours };
  }
  return known.colours;
}
