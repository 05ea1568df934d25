import { useState } from "react";
import { Problem } from "./fetchOrThrow";

const RECOVERY_MS = 10_000;

/** The request is at fault: asking again is of no use. */
export function isRefusal(error: Error): boolean {
  return error instanceof Problem && error.isBadRequest;
}

/** A service that is down is asked again until it is back. */
export function recoveryInterval({ state }: { state: { error: Error | null } }): number | false {
  return state.error && !isRefusal(state.error) ? RECOVERY_MS : false;
}

/** The error of a query, kept while the query is tried again: what is shown changes with the answer, not before. */
export function useLastingError(query: {
  error: Error | null;
  isPending: boolean;
  errorUpdateCount: number;
}): Error | null {
  const [last, setLast] = useState<Error | null>(null);
  if (query.error && query.error !== last) setLast(query.error);
  return query.error ?? (query.isPending && query.errorUpdateCount > 0 ? last : null);
}
