import type { Page, Request } from "playwright-core";
import { expect, test } from "vitest";
import { countWork, workFor, workOf, type Work } from "./counted";
import { withBrowser } from "./browser";
import { id, linkTo, often, walker } from "./system";

/**
 * What keeps the page fast, without a clock: how much it asks for, draws and computes. How long that takes on a machine
 * is measured by `make bench-page`.
 */
const { open } = withBrowser();

const MOST_POINTS = 10_000; // of a track that is drawn as a whole
const MOST_ROWS = 1_000; // of a page of meetings
const BYTES_OF_A_POINT = 250;
const BYTES_OF_A_ROW = 600;
const VERTICES_OF_A_POINT = 8; // of a line with round joins

interface Answer {
  path: string;
  bytes: number;
  rows: number;
}

/** The page behind the link once the map is at rest, and what the services answered by then. */
async function openCounted(link: string, prepare?: (page: Page) => Promise<unknown>): Promise<{ page: Page; answers: Answer[] }> {
  const reading: Promise<Answer[]>[] = [];
  const read = (request: Request) => {
    const { pathname, search } = new URL(request.url());
    if (!pathname.startsWith("/api/")) return;
    const answered = async () => {
      const response = await request.response();
      if (!response?.ok()) return []; // refused by a service that has too much to do: the page asks again
      const body = await response.body();
      const answer = JSON.parse(body.toString()) as unknown[] | { features?: unknown[] };
      const rows = Array.isArray(answer) ? answer : (answer.features ?? []);
      return [{ path: pathname.replace(/\/\d+/, "") + search, bytes: body.length, rows: rows.length }];
    };
    reading.push(answered());
  };
  const page = await open(link, {}, async (blank) => {
    await countWork(blank);
    await prepare?.(blank);
    blank.on("requestfinished", read);
  });
  await expect.poll(() => page.locator(".segment-note", { hasText: "…" }).count()).toBe(0);
  const answers = async () => (await Promise.all(reading)).flat();
  // Where nobody was met, a page without meetings asks from when to when there are locations too: with two points.
  await expect.poll(async () => (await answers()).filter(isTrack).length).toBe(1);
  await atRest(page);
  return { page, answers: await answers() };
}

/** Returns when the map is still, and between two looks has been given nothing new. */
async function atRest(page: Page): Promise<void> {
  await page.locator('.map[data-state="idle"]').waitFor();
  let before = "";
  await expect
    .poll(
      async () => {
        const now = JSON.stringify(await workOf(page));
        const isSame = now === before;
        before = now;
        return isSame;
      },
      { interval: 1_000 },
    )
    .toBe(true);
}

const isTrack = ({ path }: Answer) => path.includes("/locations?") && path.includes(`=${MOST_POINTS}`);
const numberOf = (answers: Answer[], resource: string) => answers.filter(({ path }) => path.startsWith(resource)).length;

test("a person's page asks for the name, a page of meetings, the track, and the counts of the other distances: once each", async () => {
  const { answers } = await openCounted(linkTo(id));
  const resources = ["/encounters?", "/locations?", "/contacts?"];
  expect(resources.map((resource) => numberOf(answers, `/api/persons${resource}`))).toEqual([1, 1, 3]);
  expect(answers).toHaveLength(6);
});

test("of more meetings than fit a page, one page comes, and the first of them are shown before the rest is drawn", async () => {
  const { page, answers } = await openCounted(linkTo(often.id, undefined, often.from, often.to));
  const [meetings] = answers.filter(({ path }) => path.includes("/encounters?"));
  expect(meetings?.rows).toBe(MOST_ROWS);
  expect(meetings?.bytes).toBeLessThan(MOST_ROWS * BYTES_OF_A_ROW);
  await expect.poll(() => page.locator(".meeting .row").count()).toBe(MOST_ROWS);
  const { firstRows } = await workOf(page);
  expect(firstRows).toBeGreaterThan(0);
  expect(firstRows).toBeLessThanOrEqual(12);
});

test("the first questions are asked while the page's scripts are on their way, and nothing else comes before the first meetings", async () => {
  let release: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (release = resolve));
  const { page } = await openCounted(linkTo(id), async (blank) => {
    const missing = new Set([`/api/persons/${id}`, `/api/persons/${id}/encounters`]);
    blank.on("requestfinished", (request) => {
      missing.delete(new URL(request.url()).pathname);
      if (missing.size === 0) release();
    });
    await blank.route(/\/assets\/start-/, async (route) => {
      await answered;
      await route.continue();
    });
  });
  const { firstRows, firstRowsAt } = await workOf(page);
  expect(firstRows).toBeGreaterThan(0);
  const requests = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name, startTime }) => ({ path: new URL(name).pathname, startTime })),
  );
  const html = await (await fetch(page.url())).text();
  const before = requests.filter(({ path, startTime }) => startTime < firstRowsAt && !html.includes(`"${path}"`));
  // The counts of the other distances are asked for with the first picture.
  expect(before.map(({ path }) => path).filter((path) => !path.endsWith("/contacts")).sort()).toEqual([
    `/api/persons/${id}`,
    `/api/persons/${id}/encounters`,
  ]);
  // The map and the letters come after them.
  for (const later of [/\/Stage-/, /\.woff2$/]) expect(requests.some(({ path }) => later.test(path))).toBe(true);
});

test.each([
  ["America/New_York", "T05:00:00.000Z"],
  ["Mars/Olympus", "T23:00:00.000Z"], // the browser's own
  ["2026-03-02T10:00Z", "T23:00:00.000Z"],
])("days of %s begin at %s", async (zone, begin) => {
  const page = await open(linkTo(id).replace("Europe/Berlin", zone));
  await page.locator(".meeting .row").first().waitFor();
  const asked = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name)).find(({ pathname }) => pathname.endsWith("/encounters"))?.searchParams.get("start_date"));
  expect(asked).toMatch(new RegExp(`${begin}$`));
});

/** The map dragged about within the screen, frame by frame, and not let go. */
async function drag(page: Page): Promise<void> {
  const box = await page.locator(".map canvas").boundingBox();
  if (!box) throw new Error("the map has no size");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 40; step += 1) {
    await page.mouse.move(x + 200 * Math.sin(step / 6), y + 120 * Math.sin(step / 4));
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

test("a track of 100,000 fixes comes as 10,000 points, and dragging it runs no more of the page than dragging 121 fixes", async () => {
  // Whom somebody met who reports every 0.8 s is a question that a slow machine's service refuses; here it is the track.
  const met = { contentType: "application/json", body: "[]" };
  const withoutMeetings = (page: Page) => page.route(/\/(encounters|contacts)\?/, (route) => route.fulfill(met));
  const dragged = async (link: string) => {
    const { page, answers } = await openCounted(link, withoutMeetings);
    const work = await workFor(page, () => drag(page));
    await page.context().close();
    return { answers, work };
  };
  const [long, short] = [await dragged(linkTo(walker)), await dragged(linkTo(id))];

  const [track] = long.answers.filter(isTrack);
  expect(track?.rows).toBeLessThanOrEqual(MOST_POINTS);
  expect(track?.rows).toBeGreaterThan(MOST_POINTS / 2);
  expect(track?.bytes).toBeLessThan(MOST_POINTS * BYTES_OF_A_POINT);
  // Nothing is cut anew, but for the graticule where the map comes to rest.
  expect(Object.keys(long.work.sources).filter((name) => name !== "graticule")).toEqual([]);
  const aFrame = (what: "blocks" | "vertices", { work }: { work: Work & { blocks: number } }) => work[what] / work.frames;
  expect(aFrame("vertices", long)).toBeLessThan(MOST_POINTS * VERTICES_OF_A_POINT);
  console.info(`dragging: ${aFrame("blocks", long).toFixed()} and ${aFrame("blocks", short).toFixed()} blocks a frame`);
  expect(aFrame("blocks", long)).toBeLessThan(1.5 * aFrame("blocks", short));
});

test("a moment of a meeting that is played draws the two people anew, and nothing else", async () => {
  const { page, answers } = await openCounted(linkTo(id));
  await page.locator(".meeting .row").first().click();
  const slider = page.getByRole("slider", { name: "Moment of the meeting" });
  await slider.waitFor();
  await atRest(page);
  const asked = answers.length;
  const { sources } = await workFor(page, async () => {
    for (let step = 0; step < 5; step += 1) await slider.press("ArrowRight");
    await atRest(page);
  });
  expect(Object.keys(sources)).toEqual(["playhead"]);
  expect(sources.playhead).toBeLessThanOrEqual(5);
  expect(answers).toHaveLength(asked);
});
