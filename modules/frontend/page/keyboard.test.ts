import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { withBrowser } from "./browser";
import { day, FRONTEND, id, linkTo, word } from "./system";

const { open } = withBrowser();

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Goes on with the key until what has the focus is called so. */
async function tabTo(page: Page, name: RegExp, key = "Tab"): Promise<void> {
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      return element?.getAttribute("aria-label") ?? (element?.textContent ?? "").trim();
    });
  for (let steps = 0; !name.test(await focused()); steps += 1) {
    if (steps === 60) throw new Error(`the keyboard does not lead to ${name.source}`);
    await press(page, key);
  }
}

test("a person is added with nothing but the keyboard", async () => {
  const page = await open(`${FRONTEND}/?q=${word}`);
  await page.getByRole("link", { name: new RegExp(word) }).first().waitFor();
  await tabTo(page, /^Add a person$/);
  await press(page, "Enter");
  await page.getByLabel("First name").waitFor();
  await page.keyboard.type("Katherine");
  await press(page, "Tab");
  await page.keyboard.type("Johnson");
  await press(page, "Enter");
  await page.getByText("can’t be empty").waitFor();
  await page.keyboard.type("Langley");
  await press(page, "Enter");
  await page.getByRole("heading", { name: "Katherine Johnson" }).waitFor();
});

test("a person is found, a meeting chosen, played and left with nothing but the keyboard", async () => {
  const page = await open(FRONTEND);
  await page.getByRole("link").nth(1).waitFor();
  await tabTo(page, /^Find a person$/);
  await page.keyboard.type(`Ada ${word}`);
  await expect.poll(() => page.locator("a.row").count()).toBe(1);
  await tabTo(page, new RegExp(word));
  await press(page, "Enter");
  await page.waitForURL(/person=/);
  await page.goto(linkTo(id)); // a day is typed differently wherever the browser is from

  await page.locator(".meeting .row").first().waitFor();
  await page.getByRole("heading", { level: 1 }).focus();
  await tabTo(page, /Noyce/);
  await press(page, "Enter");
  await page.getByRole("button", { name: "Play" }).waitFor();
  await tabTo(page, /^Moment of the meeting$/);
  const slider = page.getByRole("slider", { name: "Moment of the meeting" });
  const moment = () => slider.evaluate((input: HTMLInputElement) => input.valueAsNumber);
  const before = await moment();
  await press(page, " ");
  await expect.poll(moment).toBeGreaterThan(before);
  await press(page, " ");
  await tabTo(page, /^Back to all meetings$/, "Shift+Tab");
  await press(page, "Enter");
  await page.waitForURL((url) => !url.search.includes("meeting="));
});

test("sliders are moved by the arrows, and say where they stand", async () => {
  const page = await open(linkTo(id));
  const distance = page.getByRole("slider", { name: "Distance", exact: true });
  await distance.focus();
  expect(await distance.getAttribute("aria-valuetext")).toBe("5 metres");
  await press(page, "ArrowRight", "ArrowRight");
  expect(await distance.getAttribute("aria-valuetext")).toBe("8 metres");
  await page.waitForURL(/distance=8/);
  await page.getByRole("slider", { name: "How sure, at least", exact: true }).focus();
  await press(page, "End");
  await page.waitForURL(/sure=99/);
  expect(page.url()).toContain(`from=${day}`);
});

test("the question whether to delete is left with Escape, and nothing has happened", async () => {
  const page = await open(linkTo(id));
  const button = page.getByRole("button", { name: /^Delete/ });
  await button.focus();
  await press(page, "Enter");
  await page.getByRole("dialog").waitFor();
  await press(page, "Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
});
