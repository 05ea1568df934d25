import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { seriousViolations, withBrowser } from "./browser";
import { FRONTEND, id, linkTo } from "./system";

const { open } = withBrowser(/status of 404/);
const PHONE = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };
const LIGHT = ["light"] as const;
const BOTH = ["light", "dark"] as const;
const LOOKS = [
  [BOTH, {}],
  [LIGHT, PHONE],
] as const;

async function expectNoneIn(schemes: readonly ("light" | "dark")[], page: Page, view: string): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousViolations(page), `${view}, ${colorScheme}`).toEqual([]);
  }
}

test.each(LOOKS)("axe finds no serious violation in %j with %j", async (schemes, look) => {
  const expectNone = (page: Page, view: string) => expectNoneIn(schemes, page, view);
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
  const page = await open(`${FRONTEND}${address}`);
  await page.getByText(words).waitFor();
  await expectNoneIn(BOTH, page, words);
});
