import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Meeting } from "../src/api/meetings";
import type { Person } from "../src/api/persons";
import { dayOf } from "../src/time/zone";
import { launch, openPage } from "./browser";

const FRONTEND = process.env.FRONTEND_URL ?? "http://127.0.0.1:30000";
const FOLDER = join(import.meta.dirname, "../../../docs/images");
const MOST_BYTES = 200_000;
const CAMERA_MS = 2_000; // until the map has begun, and ended, to go where the meetings are
const ZONE = "Europe/Berlin";
const WIDE = { viewport: { width: 1200, height: 740 } };
const PHONE = { viewport: { width: 390, height: 800 }, deviceScaleFactor: 1.5, isMobile: true, hasTouch: true };

let browser: Browser;
let link: string;
let shown: Meeting;

beforeAll(async () => {
  browser = await launch();
  await mkdir(FOLDER, { recursive: true });
  ({ link, shown } = await findMeeting());
});

afterAll(() => browser.close());

/** Who has had the longest meeting, that meeting, and a link to all of theirs. */
async function findMeeting(): Promise<{ link: string; shown: Meeting }> {
  const get = async <Item>(path: string) => (await (await fetch(FRONTEND + path)).json()) as Item[];
  const now = Date.now();
  const range = `start_date=${new Date(now - 24 * 3_600_000).toISOString()}&end_date=${new Date(now).toISOString()}`;
  let best: { person: Person; meeting: Meeting } | null = null;
  for (const person of await get<Person>("/api/persons?limit=100")) {
    const path = `/api/persons/${person.id}/encounters?${range}&distance=2&time_window=30&min_duration=120`;
    for (const meeting of await get<Meeting>(path)) {
      if (!best || meeting.duration_s > best.meeting.duration_s) best = { person, meeting };
    }
  }
  if (!best) throw new Error("no meetings since yesterday: let `udaconnect demo` make some");
  const day = dayOf(Date.parse(best.meeting.started_at), ZONE);
  const settings = `from=${day}&to=${day}&zone=${ZONE}&distance=2&window=30&min=2`;
  return { link: `${FRONTEND}/?person=${best.person.id}&${settings}`, shown: best.meeting };
}

/** The link to the meeting, at the moment when the two have just come together. */
function played(): string {
  const moment = new Date(Date.parse(shown.started_at) + 20_000).toISOString();
  return `${link}&meeting=${shown.person.id}@${shown.started_at}&moment=${moment}`;
}

async function shoot(page: Page, name: string): Promise<void> {
  await expect.poll(() => page.locator(".segment-note", { hasText: "…" }).count(), { timeout: 20_000 }).toBe(0);
  await page.waitForTimeout(CAMERA_MS);
  await page.locator('.map[data-state="idle"]').waitFor();
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  expect((await stat(path)).size, name).toBeLessThan(MOST_BYTES);
}

test.each(["light", "dark"] as const)("in %s", async (colorScheme) => {
  const meetings = await openPage(browser, link, { ...WIDE, colorScheme });
  await meetings.page.locator(".meeting").first().waitFor();
  await shoot(meetings.page, `meetings-${colorScheme}`);

  const meeting = await openPage(browser, played(), { ...WIDE, colorScheme });
  await meeting.page.getByRole("button", { name: "Play" }).waitFor();
  await shoot(meeting.page, `meeting-${colorScheme}`);

  const contacts = await openPage(browser, `${link}&by=person&with=${shown.person.id}`, { ...WIDE, colorScheme });
  await contacts.page.locator(".contact-open .meeting").first().waitFor();
  await shoot(contacts.page, `contacts-${colorScheme}`);

  const phone = await openPage(browser, played(), { ...PHONE, colorScheme });
  await phone.page.getByRole("button", { name: "Play" }).waitFor();
  await shoot(phone.page, `phone-${colorScheme}`);
});
