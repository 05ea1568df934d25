import { expect, test } from "vitest";
import type { Contact, Meeting } from "../src/api/meetings";
import { formatCount, formatDuration, formatMetres, formatSpan } from "../src/time/format";
import { surenessOf } from "../src/meetings/certainty";
import { mapColours, OTHER, OWN, withBrowser } from "./browser";
import { CONNECTION, day, FRONTEND, id, linkTo, word } from "./system";

const LINK = linkTo(id);
const { open } = withBrowser(undefined, { isFine: true });

async function rest<Row>(resource: string, more: Record<string, string> = {}): Promise<Row[]> {
  const range = { start_date: `${day}T00:00:00+01:00`, end_date: `${day}T23:59:59+01:00` };
  const parameters = new URLSearchParams({ ...range, ...more });
  const answer = await fetch(`${CONNECTION}/api/persons/${id}/${resource}?${parameters.toString()}`);
  return (await answer.json()) as Row[];
}

test("somebody is found, picked, and their meetings are those that REST tells of", async () => {
  const page = await open(FRONTEND);
  await page.getByRole("searchbox", { name: "Find a person" }).fill(word);
  await expect.poll(() => page.locator("a.row").count()).toBe(1);
  await page.getByRole("link", { name: new RegExp(word) }).click();
  await page.getByRole("button", { name: "Everything" }).click();
  await page.getByLabel("First day").fill(day);
  await page.getByLabel("Last day").fill(day);

  const meetings = await rest<Meeting>("encounters");
  expect(meetings.length).toBeGreaterThan(1);
  const rows = page.locator(".meeting .row");
  await expect.poll(() => rows.count()).toBe(meetings.length);
  expect(await rows.evaluateAll((all) => all.map((row) => (row as HTMLElement).innerText.split("\n").map((line) => line.trim())))).toEqual(
    meetings.map(({ person, started_at, ended_at, duration_s, closest_m, ...rest }) => [
      ...[person.first_name, person.last_name].map((name) => name.charAt(0)).join("").split("\n"),
      `${person.first_name} ${person.last_name}`,
      person.company_name,
      formatSpan(started_at, ended_at),
      `${formatDuration(duration_s)} · ${formatMetres(closest_m)}`,
      surenessOf(rest)?.name,
    ]),
  );
  await page.getByText(/^Complete up to|records? behind/).waitFor();
  expect((await mapColours(page)).size).toBeGreaterThan(20);
});

test("by person they are in the order of REST, and how many there are within 2, 5, 10 and 25 m is what REST says", async () => {
  const page = await open(`${LINK}&by=person`);
  const contacts = await rest<Contact>("contacts");
  const rows = page.locator(".contact > .row");
  await expect.poll(() => rows.count()).toBe(contacts.length);
  expect(await rows.locator(".row-figures").allInnerTexts()).toEqual(
    contacts.map(
      ({ encounters, duration_s, closest_m }) =>
        `${formatDuration(duration_s)}\n${formatCount(encounters, "meeting", "meetings")} · ${formatMetres(closest_m)}`,
    ),
  );
  for (const distance of ["2", "5", "10", "25"]) {
    const count = (await rest<Meeting>("encounters", { distance })).length;
    await page.getByRole("button", { name: new RegExp(`^${distance} m ${count}\\s*meetings$`) }).waitFor();
  }
});

test("a meeting is looked at from near, its link shows the same elsewhere, and going back leaves it", async () => {
  const page = await open(LINK);
  const row = page.locator(".meeting .row").first();
  await row.click();
  await page.getByRole("button", { name: "Back to all meetings" }).waitFor();
  expect(await row.getAttribute("aria-expanded")).toBe("true");
  await expect.poll(async () => (await mapColours(page)).get(OTHER) ?? 0).toBeGreaterThan(100);
  const colours = await mapColours(page);
  expect(colours.get(OWN)).toBeGreaterThan(100);

  const other = await open(page.url());
  const same = other.locator(".meeting .row").first();
  await same.waitFor();
  expect(await same.getAttribute("aria-expanded")).toBe("true");
  expect(await other.locator(".legend-moment").innerText()).toBe(await page.locator(".legend-moment").innerText());

  await page.goBack();
  await expect.poll(() => row.getAttribute("aria-expanded")).toBe("false");
  expect(page.url()).toBe(LINK);
});

test("a circle on the map can be clicked", async () => {
  const page = await open(LINK);
  await page.locator('.map[data-state="idle"]').waitFor();
  const box = await page.locator(".map canvas").boundingBox();
  if (!box) throw new Error("the map has no size");
  // The way of the test goes north, so that its meetings are somewhere in the middle of the map's width.
  for (let step = 0; step <= 40 && !page.url().includes("meeting="); step += 1) {
    await page.mouse.click(box.x + box.width / 2, box.y + (box.height * (step + 0.5)) / 41);
  }
  expect(page.url()).toContain("meeting=");
});

test("bad input is told at its field in the service's words", async () => {
  const page = await open(`${LINK}&distance=0`);
  await page.getByText(/must be greater than 0/i).waitFor();
  expect(await page.getByRole("textbox", { name: "Distance, m" }).getAttribute("aria-invalid")).toBe("true");
});

test("on a phone nothing sticks out at the side", async () => {
  const page = await open(LINK, { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true });
  await page.locator(".meeting .row").first().click();
  await page.locator(".meeting-detail").waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  expect(await page.evaluate(() => document.querySelector(".panel")?.scrollWidth)).toBe(360);
  expect((await mapColours(page)).size).toBeGreaterThan(20);
});
