import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NewDevice, PairedDevice } from "../src/api/devices";
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

/** Tall enough for the whole of a dialog. */
const TALL_PHONE = { ...PHONE, viewport: { width: 390, height: 1100 } };

let browser: Browser;
let link: string;
let shown: Meeting;

beforeAll(async () => {
  browser = await launch();
  await mkdir(FOLDER, { recursive: true });
});

afterAll(() => browser.close());

/** Who has had the longest meeting, that meeting, and a link to all of theirs. */
async function findMeeting(): Promise<{ link: string; shown: Meeting }> {
  const get = async <Item>(path: string) => (await (await fetch(FRONTEND + path)).json()) as Item[];
  const now = Date.now();
  const range = `start_date=${new Date(now - 24 * 3_600_000).toISOString()}&end_date=${new Date(now).toISOString()}`;
  let best: { person: Person; meeting: Meeting } | null = null;
  for (const person of await get<Person>("/api/persons?limit=100")) {
    const path = `/api/persons/${person.id}/encounters?${range}&distance=2&min_duration=120`;
    for (const meeting of await get<Meeting>(path)) {
      if (!best || meeting.duration_s > best.meeting.duration_s) best = { person, meeting };
    }
  }
  if (!best) throw new Error("no meetings since yesterday: let `udaconnect demo` make some");
  const day = dayOf(Date.parse(best.meeting.started_at), ZONE);
  const settings = `from=${day}&to=${day}&zone=${ZONE}&distance=2&min=2`;
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
  await keep(page, name);
}

async function keep(shown: Page | Locator, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await shown.screenshot({ path });
  expect((await stat(path)).size, name).toBeLessThan(MOST_BYTES);
}

test.each(["light", "dark"] as const)("meetings in %s", async (colorScheme) => {
  ({ link, shown } = await findMeeting());
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

test("what meetings add up to", async () => {
  ({ link } = await findMeeting());
  const introductions = await openPage(browser, `${link}&see=introductions`, { ...WIDE, colorScheme: "light" });
  await introductions.page.locator(".network-introduced").first().waitFor();
  await shoot(introductions.page, "introductions");

  const groups = await openPage(browser, `${link}&see=groups`, { ...WIDE, colorScheme: "dark" });
  await groups.page.locator(".group .row").first().click();
  await shoot(groups.page, "groups");
});

async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  return (await (await fetch(FRONTEND + path, { method: "POST", headers, body: JSON.stringify(body) })).json()) as Answer;
}

/** An hour on foot this morning; two lines are not what they should be, and one is still to come. */
function diary(): string {
  const start = Date.now() - 6 * 3_600_000;
  const line = (time: number, north: number | string) => `${new Date(time).toISOString()},${north},8.6821`;
  const walk = Array.from({ length: 360 }, (_, step) => line(start + step * 10_000, (50.1109 + step * 1e-5).toFixed(5)));
  walk.splice(120, 0, line(start + 1_195_000, "north"), line(start + 1_196_000, 95), line(Date.now() + 86_400_000, 50.1));
  return ["creation_time,latitude,longitude", ...walk].join("\n");
}

test("phones and files, of somebody who is there for these pictures only", async () => {
  const { id } = await post<Person>("/api/persons", { first_name: "Ada", last_name: "Byron", company_name: "Engines" });
  try {
    const devices = `/api/persons/${id}/devices`;
    await post<PairedDevice>(devices, { name: "Bicycle", app: "osmand" } satisfies NewDevice);
    const { setup } = await post<PairedDevice>(devices, { name: "Ada’s phone", app: "gpslogger" } satisfies NewDevice);
    const fix: Record<string, string> = { LAT: "50.1109", LON: "8.6821", TIMESTAMP: String(Math.floor(Date.now() / 1000)), ACC: "8" };
    await fetch(setup.url.replace(/%([A-Z]+)/g, (_, name: string) => encodeURIComponent(fix[name] ?? "")));

    const { page } = await openPage(browser, `${FRONTEND}/?person=${id}`, TALL_PHONE);
    await page.getByRole("button", { name: "Phones of Ada Byron" }).click();
    const dialog = page.getByRole("dialog", { name: "Phones of Ada Byron" });
    await dialog.getByText(/last heard of/).waitFor();
    await keep(dialog, "phones");

    await dialog.getByRole("button", { name: "Add from a file…" }).click();
    const asked = page.getByRole("dialog", { name: "Add where Ada Byron was" });
    const file = { name: "walk.csv", mimeType: "", buffer: Buffer.from(diary()) };
    await asked.getByLabel(/^Choose a file/).setInputFiles(file);
    await keep(asked, "file");
    await asked.getByRole("button", { name: "Send" }).click();
    await asked.getByText("360 locations taken.").waitFor();
    await asked.getByText("Where they stand").click();
    await keep(asked, "file-receipt");
    await asked.getByRole("button", { name: "Done" }).click();

    await dialog.getByLabel("Name of the phone").fill("Ada’s new phone");
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
    await dialog.getByRole("img", { name: /^Code/ }).waitFor();
    await keep(dialog, "phone-set-up");
  } finally {
    await fetch(`${FRONTEND}/api/persons/${id}`, { method: "DELETE" });
  }
});
