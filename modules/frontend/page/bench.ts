import { writeFile } from "node:fs/promises";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { launch, openPage, WHOLE } from "./browser";

/** What `benchmarks/page` has prepared: links, and how often everything is measured. */
const asked = JSON.parse(process.env.PAGE_BENCH ?? "{}") as {
  out: string;
  rounds: number;
  people: string;
  links: Record<"conference" | "crowd" | "short" | "long", string>;
};

/** A phone of the middle class on a bad day: a quarter of the processor, 1.6 Mbit/s down and half of it up. */
const PHONE = { slower: 4, bytesASecond: { down: 200_000, up: 100_000 } };
const MODES = ["full speed", "phone"] as const;
type Mode = (typeof MODES)[number];

/** One round of one mode, in ms. What belongs together was measured one after the other. */
type Round = Record<string, number>;

let browser: Browser;
beforeAll(async () => {
  browser = await launch(WHOLE);
});
afterAll(() => browser.close());

async function blank(mode: Mode): Promise<{ page: Page; close: () => Promise<void> }> {
  const { page } = await openPage(browser, "about:blank", mode === "phone" ? { viewport: { width: 390, height: 844 } } : {});
  if (mode === "phone") await throttle(await page.context().newCDPSession(page));
  return { page, close: () => page.context().close() };
}

async function throttle(session: CDPSession): Promise<void> {
  const { down, up } = PHONE.bytesASecond;
  await session.send("Emulation.setCPUThrottlingRate", { rate: PHONE.slower });
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: down,
    uploadThroughput: up,
  });
}

/** From asking for an empty page until its first frame: what this machine and this browser take for nothing. */
async function emptyPage(mode: Mode): Promise<number> {
  const { page, close } = await blank(mode);
  await page.route("**/empty", (route) => route.fulfill({ contentType: "text/html", body: "<title>empty</title><p>empty" }));
  const start = performance.now();
  await page.goto(new URL("/empty", asked.people).href);
  await page.evaluate(() => new Promise(requestAnimationFrame));
  const took = performance.now() - start;
  await close();
  return took;
}

/** A fixed piece of work in the page: 200,000 objects made, sorted and written as JSON. */
async function fixedWork(mode: Mode): Promise<number> {
  const { page, close } = await blank(mode);
  const took = await page.evaluate(() => {
    const start = performance.now();
    let seed = 1;
    const next = () => (seed = (seed * 48_271) % 2_147_483_647);
    const made = Array.from({ length: 200_000 }, (_, index) => ({ index, value: next() }));
    const text = JSON.stringify(made.sort((a, b) => a.value - b.value));
    return performance.now() - start + (text.length > 0 ? 0 : 1);
  });
  await close();
  return took;
}

/** From opening the link, in a browser that has never been there, until something can be chosen in the list. */
async function usable(mode: Mode, link: string, row: string): Promise<number> {
  const { page, close } = await blank(mode);
  const start = performance.now();
  await page.goto(link, { waitUntil: "commit" });
  await page.locator(row).first().waitFor();
  const took = performance.now() - start;
  await close();
  return took;
}

/** Times between two frames while the map behind the link is dragged about, sorted. */
async function frames(mode: Mode, link: string): Promise<number[]> {
  const { page, close } = await blank(mode);
  await page.goto(link);
  await page.locator('.map[data-state="idle"]').waitFor();
  await page.waitForTimeout(1_000); // what comes after the first look at the map
  await page.locator('.map[data-state="idle"]').waitFor();
  const box = await page.locator(".map canvas").boundingBox();
  if (!box) throw new Error("the map has no size");
  await page.evaluate(() => {
    const watch = window as unknown as { frames: number[] };
    watch.frames = [];
    let last = performance.now();
    const frame = (now: number) => {
      watch.frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 40; step += 1) {
    await page.mouse.move(x + 150 * Math.sin(step / 6), y + 100 * Math.sin(step / 4));
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
  const seen = await page.evaluate(() => (window as unknown as { frames: number[] }).frames.slice(1));
  await close();
  return seen.sort((a, b) => a - b);
}

const MEETING = ".meeting .row";

async function measure(mode: Mode): Promise<Round> {
  const [long, short] = [await frames(mode, asked.links.long), await frames(mode, asked.links.short)];
  const median = (sorted: number[]) => sorted[Math.floor(sorted.length / 2)] ?? 0;
  return {
    empty_page_ms: await emptyPage(mode),
    fixed_work_ms: await fixedWork(mode),
    people_ms: await usable(mode, asked.people, 'nav[aria-label="People"] .row'),
    conference_ms: await usable(mode, asked.links.conference, MEETING),
    crowd_ms: await usable(mode, asked.links.crowd, MEETING),
    long_frame_ms: median(long),
    short_frame_ms: median(short),
    long_longest_frame_ms: long.at(-1) ?? 0,
    short_longest_frame_ms: short.at(-1) ?? 0,
  };
}

test("how fast the page is", async () => {
  const rounds: Record<Mode, Round[]> = { "full speed": [], phone: [] };
  for (let round = 0; round < asked.rounds; round += 1) {
    for (const mode of MODES) rounds[mode].push(await measure(mode));
  }
  await writeFile(asked.out, JSON.stringify(rounds));
});
