import { useIsFetching } from "@tanstack/react-query";
import { useEffect, useState } from "react";

const LONGEST_WAIT_MS = 2_000;
const SETTLED_AFTER_MS = 50;

/**
 * Whether what the page asked for first is here, or has kept it waiting for long enough. What is heavy and not needed
 * to read the list, the map, waits for it. Counts come after the list and do not matter; who is near is told without end.
 */
export function useFirstAnswers(): boolean {
  const isAsking = useIsFetching({ predicate: ({ queryKey }) => !["meeting count", "near"].includes(queryKey[0] as string) }) > 0;
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (due) return;
    const timer = setTimeout(() => setDue(true), isAsking ? LONGEST_WAIT_MS : SETTLED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isAsking, due]);
  return due;
}
