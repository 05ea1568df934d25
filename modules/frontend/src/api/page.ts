import { arrivedAnswer, ask, type Answer } from "./ask";
import { readFreshness, type Freshness } from "./freshness";

/** One page of a list, the path of the next one where there is one, and how complete it is where that is said. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
  freshness: Freshness | null;
}

export async function fetchPage<Item>(path: string, signal?: AbortSignal): Promise<Page<Item>> {
  return readPage(path, await ask(path, signal));
}

/** A list page by page, from that path on, for useInfiniteQuery; at once where that path was asked early. */
export function pagesFrom<Item>(path: string) {
  return {
    queryFn: ({ pageParam, signal }: { pageParam: string; signal: AbortSignal }) => fetchPage<Item>(pageParam, signal),
    initialPageParam: path,
    getNextPageParam: ({ next }: Page<Item>) => next,
    initialData: () => {
      const answer = arrivedAnswer(path);
      return answer && { pages: [readPage<Item>(path, answer)], pageParams: [path] };
    },
  };
}

function readPage<Item>(path: string, { body, headers }: Answer): Page<Item> {
  return { items: body as Item[], next: nextPage(headers.get("Link"), path), freshness: readFreshness(headers) };
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
