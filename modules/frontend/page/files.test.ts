import { expect, test } from "vitest";
import { expectNothingSticksOut, LOOKS, mapColours, seriousViolations, withBrowser } from "./browser";
import { CONNECTION, day, FRONTEND, linkTo, somebody } from "./system";

const { open } = withBrowser(undefined, { isFine: true });

/** --own of tokens.css, which on the map only the evidence of a meeting has. */
const OWN = "63,81,201";
const POINTS = 30;

/** Ten minutes at a place, as a watch writes them; one point is of nowhere. */
function gpx(latitude: string, longitude: string): string {
  const start = Date.parse(`${day}T10:00:00Z`);
  const times = Array.from({ length: POINTS }, (_, index) => new Date(start + index * 20_000).toISOString());
  const points = times.map((time) => `<trkpt lat="${latitude}" lon="${longitude}"><time>${time}</time></trkpt>`);
  const broken = `<trkpt lat="north" lon="${longitude}"><time>${day}T10:30:00Z</time></trkpt>`;
  const track = [...points, broken].join("\n");
  return `<?xml version="1.0"?>\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>\n${track}\n</trkseg></trk></gpx>\n`;
}

test.each(LOOKS)("a file is added with a receipt, and whom its person met is there, %s; axe finds nothing", async (_, look) => {
  const place = [20 + Math.random() * 40, Math.random() * 170].map((degrees) => degrees.toFixed(5)) as [string, string];
  const [ada, bob] = [await somebody("Ada File"), await somebody("Bob File")];
  const headers = { "Content-Type": "application/octet-stream" };
  const url = `${FRONTEND}/api/persons/${bob}/files?name=day.gpx`;
  await (await fetch(url, { method: "POST", headers, body: gpx(...place) })).text();

  const page = await open(linkTo(ada), look);
  await page.getByRole("button", { name: "Phones of Ada File" }).click();
  const opener = page.getByRole("button", { name: "Add from a file…" });
  await opener.click();
  const asked = page.getByRole("dialog", { name: "Add where Ada File was" });
  await asked.getByText("Times without a zone are those of Europe/Berlin.").waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await expectNothingSticksOut(asked);
  await asked.getByLabel(/^Choose a file/).setInputFiles({ name: "day.gpx", mimeType: "", buffer: Buffer.from(gpx(...place)) });
  await asked.getByText("day.gpx").waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await asked.getByRole("button", { name: "Send" }).click();

  await asked.getByText(`${POINTS} locations taken.`).waitFor();
  await asked.getByText("1 not taken:").waitFor();
  expect(await asked.getByRole("list", { name: "Why" }).innerText()).toMatch(/^1 latitude /);
  await asked.getByText("Where it stands").click();
  await asked.getByText(/^line \d+: latitude .*north/).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await expectNothingSticksOut(asked);

  await asked.getByRole("button", { name: "Done" }).click();
  expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.getByRole("button", { name: "Close" }).click();
  const meeting = page.locator(".meeting .row");
  await expect.poll(() => meeting.allInnerTexts()).toEqual([expect.stringContaining("Bob File")]);
  const stored = await fetch(`${CONNECTION}/api/persons/${ada}/locations?start_date=${day}&end_date=${day}`);
  expect(((await stored.json()) as unknown[]).length).toBe(POINTS);
  await meeting.click();
  await expect.poll(async () => (await mapColours(page)).get(OWN) ?? 0).toBeGreaterThan(0);
});
