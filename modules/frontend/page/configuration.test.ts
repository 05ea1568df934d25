import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Meeting } from "../src/api/meetings";
import { mapColours, withBrowser } from "./browser";
import { servePage } from "./serve";
import { CONNECTION, day, id, linkTo } from "./system";

const [FLOOR, GROUND] = ["253,252,250", "18,52,86"]; // --map-floor of tokens.css, and the style's background below
const { open } = withBrowser(/^asked http:\/\/127\.0\.0\.1/, { isFine: true });
const closing: (() => unknown)[] = [];

afterAll(async () => {
  for (const close of closing) await close();
});

/** A floor plan of one room, 100 m wide, around the first meeting. */
async function floorPlan(): Promise<string> {
  const answer = await fetch(`${CONNECTION}/api/persons/${id}/encounters?start_date=${day}&end_date=${day}`);
  const [meeting] = (await answer.json()) as Meeting[];
  const { latitude = 0, longitude = 0 } = meeting?.place ?? {};
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]] as const;
  const ring = corners.map(([east, north]) => [longitude + east * 0.0005, latitude + north * 0.0005]);
  const room = { type: "Feature", properties: { name: "Hall", kind: "room" }, geometry: { type: "Polygon", coordinates: [ring] } };
  const file = join(await mkdtemp(join(tmpdir(), "venue.")), "venue.geojson");
  await writeFile(file, JSON.stringify({ type: "FeatureCollection", features: [room] }));
  return file;
}

async function styleServer(): Promise<string> {
  const style = { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": "#123456" } }] };
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" });
    response.end(JSON.stringify(style));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a floor plan and a map style named at the start are drawn, and the security policy lets the style's origin in", async () => {
  const maps = await styleServer();
  const { origin, close } = await servePage({
    VENUE_FILE: await floorPlan(),
    MAP_STYLE_URL: `${maps}/style.json`,
    MAP_ORIGINS: maps,
  });
  closing.push(close);
  const page = await open(linkTo(id, origin));
  await page.locator(".meeting .row").last().click();
  await expect.poll(async () => (await mapColours(page)).get(FLOOR) ?? 0).toBeGreaterThan(1000);
  await page.getByRole("button", { name: "Zoom out" }).click();
  for (let step = 0; step < 3; step += 1) await page.getByRole("button", { name: "Zoom out" }).click();
  await expect.poll(async () => (await mapColours(page)).get(GROUND) ?? 0).toBeGreaterThan(1000);
});
