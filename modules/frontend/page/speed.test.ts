import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { mapColours, withBrowser } from "./browser";
import { crowd, FRONTEND, id, linkTo, walker } from "./system";

const LONGEST_FRAME_MS = 100;
const USABLE_MS = 2_000;
const SLOW_MACHINE_MS = 240_000;
const TRIES = 4; // the machine may have other things to do: the best of some tries is the page's own

const { open } = withBrowser();

/** The longest time between two frames, in ms, while the map is dragged about. */
async function longestFrameWhilePanning(page: Page): Promise<number> {
  const box = await page.locator(".map canvas").boundingBox();
  if (!box) throw new Error("the map has no size");
  await page.evaluate(() => {
    const watch = window as unknown as { frames: number[] };
    watch.frames = [];
    let last = performance.now();
    const frame = (now: number) => {
      watch.frames.push(now - last);
      last = now;
      if (watch.frames.length < 10_000) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 40; step += 1) {
    await page.mouse.move(x + 200 * Math.sin(step / 6), y + 120 * Math.sin(step / 4));
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
  return page.evaluate(() => Math.max(...(window as unknown as { frames: number[] }).frames.slice(1)));
}

/** The best of some tries; none is made after one that is good enough. */
async function best(goodEnough: number, attempt: () => Promise<number>): Promise<number> {
  let found = Infinity;
  for (let tries = 0; tries < TRIES && found > goodEnough; tries += 1) found = Math.min(found, await attempt());
  return found;
}

/** The longest frame that cannot be avoided while the map behind the link is dragged about, in ms. */
async function longestFrame(link: string, goodEnough: number): Promise<number> {
  const page = await open(link);
  await expect.poll(async () => (await mapColours(page)).size, { timeout: 20_000 }).toBeGreaterThan(20);
  const longest = await best(goodEnough, () => longestFrameWhilePanning(page));
  await page.context().close();
  return longest;
}

test("a track of 100,000 fixes pans without a frame above 100 ms", { timeout: SLOW_MACHINE_MS }, async () => {
  const longest = await longestFrame(linkTo(walker), LONGEST_FRAME_MS);
  console.info(`longest frame: ${longest.toFixed()} ms`);
  if (longest > LONGEST_FRAME_MS) {
    const ofShortTrack = await longestFrame(linkTo(id), 0);
    expect(longest, `${ofShortTrack.toFixed()} ms with a short track`).toBeLessThanOrEqual(1.5 * ofShortTrack);
  }
});

/** How long it takes from opening the link until something can be chosen in the list, in ms. */
async function usableAfter(link: string, row: string): Promise<number> {
  const start = performance.now();
  const page = await open(link);
  await page.locator(row).first().waitFor();
  const took = performance.now() - start;
  await page.context().close();
  return took;
}

// `ofPeople`: on a machine that needs long even for the list of people, so many times as long as that. A question about a
// dense crowd keeps the services busy for a second; two seconds are wanted there as well, and seen on a quiet machine.
test.each([
  { where: "at a conference", link: linkTo(id), ofPeople: 3 },
  { where: "in a dense crowd of a million locations", link: linkTo(crowd.id, FRONTEND, crowd.day), ofPeople: 6 },
])(
  "the meetings of a person are there within two seconds of opening a link: $where",
  { timeout: SLOW_MACHINE_MS },
  async ({ where, link, ofPeople }) => {
    const meetings = await best(USABLE_MS, () => usableAfter(link, ".meeting .row"));
    console.info(`usable ${where} after ${meetings.toFixed()} ms`);
    if (meetings > USABLE_MS) {
      const people = await best(0, () => usableAfter(FRONTEND, 'nav[aria-label="People"] .row'));
      expect(meetings, `the list of people takes ${people.toFixed()} ms`).toBeLessThanOrEqual(ofPeople * people);
    }
  },
);

test("the page without the map has at most 120 kB of scripts, with it and its worker at most 450 kB, compressed", () => {
  const dist = join(import.meta.dirname, "../dist");
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const scripts = readdirSync(join(dist, "assets")).filter((file) => file.endsWith(".js"));
  const size = (files: string[]) =>
    files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, "assets", file))).length, 0);
  const first = scripts.filter((file) => page.includes(file));
  expect(first.length).toBeGreaterThan(0);
  expect(scripts.filter((file) => file.includes("worker"))).toHaveLength(1);
  console.info(`scripts: ${size(first)} bytes without the map, ${size(scripts)} with it and its worker`);
  expect(size(first)).toBeLessThan(120_000);
  expect(size(scripts)).toBeLessThan(450_000);
});
