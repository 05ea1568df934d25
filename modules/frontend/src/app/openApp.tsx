import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { vi } from "vitest";
import type { FakeServices } from "../api/fakeServices";
import { App } from "./App";
import { Boundary } from "./Boundary";
import { makeQueryClient } from "./queries";
import { Stumbled } from "./Stumbled";

/** For tests: the page at that address, with these services behind it. */
export function openApp(services: FakeServices, address = "") {
  vi.stubGlobal("fetch", services.fetch);
  vi.stubGlobal("XMLHttpRequest", services.XMLHttpRequest);
  window.history.replaceState(null, "", `/${address}`);
  const client = makeQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  render(
    <QueryClientProvider client={client}>
      <Boundary fallback={(error, again) => <Stumbled error={error} onAgain={again} />}>
        <App />
      </Boundary>
    </QueryClientProvider>,
  );
  return userEvent.setup();
}
