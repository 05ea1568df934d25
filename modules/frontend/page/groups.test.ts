import { expect, test } from "vitest";
import type { Group } from "../src/api/groups";
import { expectNothingSticksOut, LOOKS, mapColours, OTHER, OWN, seriousViolations, withBrowser } from "./browser";
import { CONNECTION, day, linkTo, sociable } from "./system";

const { open } = withBrowser(undefined, { isFine: true });

/** Groups are of what is settled, which is a while after it was reported. */
async function untilSettled(): Promise<void> {
  const found = async () => {
    const answer = await fetch(`${CONNECTION}/api/groups?start_date=${day}&end_date=${day}&person_id=${sociable}`);
    return ((await answer.json()) as Group[]).map(({ members }) => members.map(({ first_name }) => first_name).join(" "));
  };
  await expect.poll(found).toEqual(["Gil Hal Ida"]);
}

test.each(LOOKS)("a group is chosen with the keyboard, seen on the map and played, %s; axe finds nothing", async (_, look) => {
  await untilSettled();
  const page = await open(linkTo(sociable), look);
  await page.getByRole("link", { name: "Groups", exact: true }).click();
  const groups = page.getByRole("region", { name: "Groups", exact: true });
  const row = groups.getByRole("button", { name: /Hal Host, Ida Idle.*3 people/ });
  await row.waitFor();
  await page.getByText("Groups, larger the longer").waitFor();
  await expectNothingSticksOut(groups);

  await row.focus();
  await page.keyboard.press("Enter");
  await groups.getByRole("list", { name: "Members" }).getByText("Halls").waitFor();
  const moment = page.getByRole("slider", { name: "Moment of the meeting" });
  await expect.poll(() => moment.getAttribute("aria-valuetext")).toMatch(/, [12]\.\d m apart at most/); // Gil and Ida
  await expect.poll(async () => (await mapColours(page)).get(OTHER) ?? 0).toBeGreaterThan(20); // they overlap
  expect((await mapColours(page)).get(OWN)).toBeGreaterThan(100);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expectNothingSticksOut(groups);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousViolations(page), colorScheme).toEqual([]);
  }
  await page.getByRole("button", { name: "Back to all groups" }).click();
  expect(await row.getAttribute("aria-expanded")).toBe("false");
});

test("who must have been more finds none", async () => {
  await untilSettled();
  const page = await open(`${linkTo(sociable)}&people=4&see=groups`);
  await page.getByText("No groups in these days").waitFor();
});
