import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { mapColours, withBrowser } from "./browser";
import { id, linkTo } from "./system";

const { open } = withBrowser(undefined, { isFine: true });

async function choose(page: Page): Promise<void> {
  await page.locator(".meeting .row").first().click();
  await page.getByRole("button", { name: "Play" }).waitFor();
}

const sliderOf = (page: Page) => page.getByRole("slider", { name: "Moment of the meeting" });
const momentOf = (page: Page) => sliderOf(page).evaluate((slider: HTMLInputElement) => slider.valueAsNumber);

test("a meeting is played: both move on the map until one pauses, and the link shows that moment elsewhere", async () => {
  const page = await open(linkTo(id), { reducedMotion: "no-preference" });
  await choose(page);
  const before = await momentOf(page);
  const still = await mapColours(page);
  await page.getByRole("button", { name: "Play" }).click();
  await expect.poll(() => momentOf(page)).toBeGreaterThan(before + 60_000);
  await page.getByRole("button", { name: "Pause" }).click();
  const moment = await momentOf(page);
  await page.waitForURL(/moment=/);
  expect(await mapColours(page)).not.toEqual(still);

  const other = await open(page.url());
  await other.getByRole("button", { name: "Play" }).waitFor();
  expect(Math.abs((await momentOf(other)) - moment)).toBeLessThan(1000);
  expect(await other.locator(".player-now").innerText()).toBe(await page.locator(".player-now").innerText());
});

test("the player needs no pointer, and with less motion it goes in steps", async () => {
  const page = await open(linkTo(id));
  await choose(page);
  const slider = sliderOf(page);
  const start = await momentOf(page);
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  expect(await momentOf(page)).toBe(start + 1000);
  await page.keyboard.press("Home");
  expect(await slider.getAttribute("aria-valuetext")).toMatch(/^\d\d:\d\d:\d\d, (\d.* m apart, give or take \d.* m|distance not known)$/);

  // Every step is a whole second of watching, however late it comes.
  const speed = await page.getByLabel("Speed").inputValue();
  const steps = await slider.evaluate(
    (input: HTMLInputElement) =>
      new Promise<number[]>((resolve) => {
        const seen = [input.valueAsNumber];
        const look = () => {
          if (seen.at(-1) !== input.valueAsNumber) seen.push(input.valueAsNumber);
          if (seen.length > 3) resolve(seen.slice(1).map((moment, index) => moment - (seen[index] ?? 0)));
          else requestAnimationFrame(look);
        };
        look();
        input.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
      }),
  );
  for (const step of steps) expect(step % (Number(speed) * 1000)).toBe(0);
});
