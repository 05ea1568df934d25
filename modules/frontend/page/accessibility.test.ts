import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { seriousViolations, withBrowser } from "./browser";
import { FRONTEND, id, linkTo } from "./system";

const { open } = withBrowser(/status of 404/);
const PHONE = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };
const LOOKS = [
  ["light", {}],
  ["dark", {}],
  ["light", PHONE],
] as const;

async function expectNone(page: Page, view: string): Promise<void> {
  expect(await seriousViolations(page), view).toEqual([]);
}

test.each(LOOKS)("axe finds no serious violation in %s with %j", async (colorScheme, size) => {
  const look = { ...size, colorScheme };
  const people = await open(FRONTEND, look);
  await people.locator(".row").first().waitFor();
  await expectNone(people, "people");
  await people.getByRole("button", { name: "Add a person" }).click();
  await people.getByRole("button", { name: "Add", exact: true }).click();
  await expectNone(people, "a new person");

  const person = await open(linkTo(id), look);
  await person.locator(".meeting .row").first().waitFor();
  await person.getByText("any length").click();
  await expectNone(person, "meetings");
  await person.locator(".meeting .row").first().click();
  await person.getByRole("button", { name: "Play" }).waitFor();
  await expectNone(person, "a meeting");
  await person.getByRole("button", { name: "By person" }).click();
  await person.locator(".contact").first().waitFor();
  await expectNone(person, "by person");
  await person.getByRole("button", { name: /^Delete/ }).click();
  await expectNone(person, "whether to delete");
});

test.each([
  ["no meetings", `/?person=${id}&from=2020-01-01&to=2020-01-02&zone=UTC`, "No meetings in these days"],
  ["bad input", `/?person=${id}&distance=0`, "Nothing to show yet"],
  ["nobody", "/?person=999999999", "Nobody has the number 999999999"],
  ["nobody found", "/?q=zyxwvut", "Nobody matches “zyxwvut”"],
])("axe finds no serious violation where there is nothing to show: %s", async (_, address, words) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await open(`${FRONTEND}${address}`, { colorScheme });
    await page.getByText(words).waitFor();
    await expectNone(page, colorScheme);
  }
});
