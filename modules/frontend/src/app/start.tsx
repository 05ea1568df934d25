import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { Boundary } from "./Boundary";
import { makeQueryClient } from "./queries";
import { Stumbled } from "./Stumbled";

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
