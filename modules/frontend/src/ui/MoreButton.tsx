/** The next page of a list, where there is one. */
export function MoreButton({
  query,
  what,
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  what: string;
}) {
  if (!query.hasNextPage) return null;
  return (
    <button
      type="button"
      className="button button-wide"
      disabled={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      {query.isFetchingNextPage ? "Loading…" : `Show more ${what}`}
    </button>
  );
}
