import "@fontsource-variable/geist";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { Boundary } from "./app/Boundary";
import { makeQueryClient } from "./app/queries";
import { Stumbled } from "./app/Stumbled";
import "./app/tokens.css";
import "./app/ground.css";
import "./app/frame.css";
import "./ui/controls.css";
import "./ui/rows.css";
import "./ui/notices.css";
import "./people/people.css";
import "./phones/phones.css";
import "./files/files.css";
import "./search/search.css";
import "./meetings/meetings.css";
import "./map/map.css";
import "./playback/player.css";
import "./app/phone.css";

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
