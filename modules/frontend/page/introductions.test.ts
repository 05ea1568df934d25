import { expect, test } from "vitest";
import type { Introduction } from "../src/api/introductions";
import { expectNothingSticksOut, LOOKS, seriousViolations, withBrowser } from "./browser";
import { CONNECTION, day, linkTo, sociable } from "./system";

const { open } = withBrowser();

/** Introductions are of what is settled, which is a while after it was reported. */
async function untilSettled(): Promise<void> {
  const found = async () => {
    const answer = await fetch(`${CONNECTION}/api/persons/${sociable}/introductions?start_date=${day}&end_date=${day}`);
    return ((await answer.json()) as Introduction[]).map(({ person }) => person.first_name);
  };
  await expect.poll(found).toEqual(["Joy"]);
}

test.each(LOOKS)("who could be introduced, and by whom, is drawn and said, %s; axe finds nothing", async (_, look) => {
  await untilSettled();
  const page = await open(linkTo(sociable), look);
  await page.getByRole("link", { name: "Introductions", exact: true }).click();
  const introduced = page.getByRole("list", { name: /^Could be introduced/ }).getByRole("link");
  await introduced.getByText(/^through Hal Host, 5 min and 5 min$/).waitFor();
  await expect.poll(() => page.getByRole("list", { name: "Met", exact: true }).getByRole("link").count()).toBe(2);
  expect((await page.locator(".network text").allTextContents()).sort()).toEqual(["Gil", "Hal", "Ida", "Joy"]);
  await expectNothingSticksOut(page.getByRole("region", { name: "Introductions" }));
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousViolations(page), colorScheme).toEqual([]);
  }
  await introduced.focus();
  await expect.poll(() => page.locator(".network g[data-faint='true'] text").allTextContents()).toEqual(["Ida"]);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Joy Joiner" }).waitFor();
});

test("who had to be together for longer to have met is not introduced", async () => {
  await untilSettled();
  const page = await open(`${linkTo(sociable)}&min=10&see=introductions`);
  await page.getByText("Nobody to be introduced").waitFor();
});
