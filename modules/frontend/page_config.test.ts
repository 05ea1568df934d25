import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { answerFrom } from "./page_config.ts";

let server: Server | undefined;

afterEach(() => server?.close());

async function served(environment: NodeJS.ProcessEnv) {
  const handle = answerFrom(environment);
  server = createServer((request, response) => handle(request, response, () => response.writeHead(418).end()));
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
}

test("with nothing set, nothing is configured, and every other path is left to others", async () => {
  const get = await served({});
  expect(await (await get("/config.json")).json()).toEqual({ style_url: "", venue_url: "" });
  expect((await get("/venue.geojson")).status).toBe(418);
  expect((await get("/api/persons")).status).toBe(418);
});

test("the floor plan is the file as it is now", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "venue.")), "venue.geojson");
  const get = await served({ VENUE_FILE: file, MAP_STYLE_URL: "https://maps.example/style.json" });
  expect(await (await get("/config.json")).json()).toEqual({
    style_url: "https://maps.example/style.json",
    venue_url: "/venue.geojson",
  });
  expect((await get("/venue.geojson")).status).toBe(404);
  await writeFile(file, "{}");
  expect(await (await get("/venue.geojson")).json()).toEqual({});
});
