import { QueryClient } from "@tanstack/react-query";
import { isRefusal, recoveryInterval } from "../api/recovery";

/** One more try for what may pass, none for what will not; what is down is asked again until it is back. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 1 && !isRefusal(error),
        retryDelay: 500,
        retryOnMount: ({ state }) => !(state.error && isRefusal(state.error)),
        refetchInterval: recoveryInterval,
      },
    },
  });
}
