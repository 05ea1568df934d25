import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";

const VENUE_PATH = "/venue.geojson";

/** Answers /config.json, and the venue's floor plan, from the environment of `serve` and `dev`: nothing of it is built in. */
export function pageConfig(environment: NodeJS.ProcessEnv): Plugin {
  const middleware = answerFrom(environment);
  return {
    name: "page-config",
    configureServer: ({ middlewares }) => void middlewares.use(middleware),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(middleware),
  };
}

export function answerFrom({ MAP_STYLE_URL = "", VENUE_FILE = "" }: NodeJS.ProcessEnv) {
  return ({ url }: Pick<IncomingMessage, "url">, response: ServerResponse, next: () => void): void => {
    const path = url?.split("?")[0];
    if (path === "/config.json") {
      const config = { style_url: MAP_STYLE_URL, venue_url: VENUE_FILE && VENUE_PATH };
      answer(response, 200, "application/json", JSON.stringify(config));
    } else if (path === VENUE_PATH && VENUE_FILE) {
      // Read anew each time: a simulation may write another one.
      readFile(VENUE_FILE, "utf8").then(
        (plan) => answer(response, 200, "application/geo+json", plan),
        () => answer(response, 404, "text/plain", "VENUE_FILE can't be read"),
      );
    } else next();
  };
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-cache" });
  response.end(body);
}
