import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { Boundary } from "./Boundary";
import { makeQueryClient } from "./queries";
import { Stumbled } from "./Stumbled";

/** Scripts that the browser has kept may run before it has read the page to its end, or has its styles. */
async function untilThere(): Promise<void> {
  if (document.readyState === "loading") {
    await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
  }
  const styles = document.querySelector<HTMLLinkElement>('link[rel="stylesheet"]');
  if (!styles || styles.sheet) return;
  await new Promise((resolve) => ["load", "error"].forEach((end) => styles.addEventListener(end, resolve, { once: true })));
}

function show(): void {
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={makeQueryClient()}>
        <Boundary fallback={(error, again) => <Stumbled error={error} onAgain={again} />}>
          <App />
        </Boundary>
      </QueryClientProvider>
    </StrictMode>,
  );
}

void untilThere().then(show);
