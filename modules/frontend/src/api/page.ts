import { fetchOrThrow } from "./fetchOrThrow";
import { readFreshness, type Freshness } from "./freshness";

/** One page of a list, the path of the next one where there is one, and how complete it is where that is said. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
  freshness: Freshness | null;
}

export async function fetchPage<Item>(path: string, signal?: AbortSignal): Promise<Page<Item>> {
  const response = await fetchOrThrow(path, { signal: signal ?? null, headers: { Accept: "application/json" } });
  return {
    items: (await response.json()) as Item[],
    next: nextPage(response.headers.get("Link"), path),
    freshness: readFreshness(response.headers),
  };
}

/** The target of rel="next" in a Link header (RFC 8288), as a path of this origin. */
export function nextPage(link: string | null, path: string): string | null {
  for (const match of (link ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    const [, target = "", parameters = ""] = match;
    if (!/;\s*rel="?([^";]*\s)?next(?=[\s";,]|$)/i.test(parameters)) continue;
    const url = new URL(target, new URL(path, "http://origin"));
    return url.pathname + url.search;
  }
  return null;
}
