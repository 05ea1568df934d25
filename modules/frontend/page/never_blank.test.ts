import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { expect, test } from "vitest";
import { LAUNCH, launch, mapColours, openPage, WHOLE, withBrowser } from "./browser";
import { FRONTEND, id, linkTo, word } from "./system";

/** --own of tokens.css, which on the map only the evidence of a meeting has. */
const OWN = "63,81,201";

const { open } = withBrowser(/WebGL|CONTEXT_LOST|context|NotFoundError|not a child/i, { isFine: true });

test("a browser that does not know its zone shows days and times of UTC", async () => {
  const browser = await launch({ env: { ...process.env, TZ: "" } });
  try {
    const { page } = await openPage(browser, linkTo(id), { timezoneId: undefined });
    expect(await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone)).toBe("Etc/Unknown");
    await page.locator(".meeting .row").first().waitFor();
    await page.getByText(/^Times in UTC /).waitFor();
  } finally {
    await browser.close();
  }
});

test("a browser that keeps nothing for the page shows it without a token", async () => {
  const profile = await mkdtemp(join(tmpdir(), "profile."));
  await mkdir(join(profile, "Default"));
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, "Default", "Preferences"), JSON.stringify(blocked));
  const context = await chromium.launchPersistentContext(profile, WHOLE); // a setting of the browser's own
  try {
    const page = await context.newPage();
    await page.goto(FRONTEND);
    const isBlocked = () => {
      try {
        return sessionStorage.length < 0;
      } catch {
        return true;
      }
    };
    expect(await page.evaluate(isBlocked)).toBe(true);
    await page.locator("nav .row").first().waitFor();
  } finally {
    await context.close();
    await rm(profile, { recursive: true });
  }
});

test("without WebGL the list works, and the page says so", async () => {
  const browser = await launch({ args: [...LAUNCH.args, "--disable-3d-apis"] });
  try {
    const { page } = await openPage(browser, linkTo(id));
    await page.getByText("The map can’t be shown here.").waitFor();
    await page.locator(".meeting .row").first().click();
    await page.locator(".meeting-detail").waitFor();
  } finally {
    await browser.close();
  }
});

test("a map that the graphics card has let go is said, and is drawn anew when there is room again", async () => {
  const page = await open(linkTo(id));
  await page.locator(".meeting .row").first().click();
  await expect.poll(async () => (await mapColours(page)).get(OWN) ?? 0).toBeGreaterThan(0);
  await page.evaluate(() => {
    const context = document.querySelector<HTMLCanvasElement>(".map canvas")?.getContext("webgl2");
    const card = context?.getExtension("WEBGL_lose_context");
    if (!card) throw new Error("the map is not drawn by WebGL");
    (window as unknown as { card: typeof card }).card = card;
    card.loseContext();
  });
  await page.getByText("The graphics card has let the map go.").waitFor();
  await page.locator(".meeting .row").nth(1).click();
  await expect.poll(() => page.locator(".meeting .row").nth(1).getAttribute("aria-expanded")).toBe("true");
  await page.evaluate(() => (window as unknown as { card: { restoreContext: () => void } }).card.restoreContext());
  await page.getByText("The graphics card has let the map go.").waitFor({ state: "detached" });
  await expect.poll(async () => (await mapColours(page)).get(OWN) ?? 0).toBeGreaterThan(0);
});

/** What programs that translate do to a page: each text gets elements around it, in the place of the text itself. */
async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement?.closest('[translate="no"], script, svg, font') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    );
    const texts: Node[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      // Nobody should write a <font> any more, but translators do.
      const font = (): Element => document.createElementNS("http://www.w3.org/1999/xhtml", "font");
      const [outer, inner] = [font(), font()];
      inner.textContent = `»${text.textContent ?? ""}«`;
      outer.append(inner);
      text.parentNode?.replaceChild(outer, text);
    }
  });
}

test("a page that the browser has translated goes on working, and names stay names", async () => {
  const page = await open(`${FRONTEND}/?q=${word}`);
  await page.locator("a.row").first().waitFor();
  await translate(page);
  expect(await page.locator("a.row .row-title").first().innerText()).toContain(word); // names are no words
  await page.locator("a.row").first().click();
  await page.getByRole("heading", { name: new RegExp(word) }).waitFor();
  await page.goto(linkTo(id));
  await page.locator(".meeting .row").first().waitFor();
  for (const act of [
    () => page.locator(".meeting .row").first().click(),
    () => page.getByRole("button", { name: "Play" }).click(),
    () => page.locator(".meeting .row").nth(1).click(),
    () => page.getByRole("slider", { name: /Distance/ }).press("ArrowRight"),
    () => page.getByRole("button", { name: /By person/ }).click(),
    () => page.locator(".contact .row").first().click(),
    () => page.goBack(),
    () => page.getByRole("button", { name: /By day/ }).click(),
    () => page.getByRole("link", { name: /All people/ }).click(),
  ]) {
    await translate(page);
    await act();
  }
  await page.locator("a.row").first().waitFor();
  expect(await page.getByText("The page has stumbled").count()).toBe(0);
});

test("without scripts, or with scripts that the browser can't read, the page says what it needs", async () => {
  const without = await open(FRONTEND, { javaScriptEnabled: false });
  expect(await without.locator("body").innerText()).toBe(
    "This page needs JavaScript. Please allow it here, and load the page again.",
  );
  const nothing = { contentType: "text/javascript", body: "" };
  const unreadable = await open(FRONTEND, {}, (page) => page.route(/\/assets\/index-.*\.js$/, (route) => route.fulfill(nothing)));
  await unreadable.getByText("Still loading. If nothing else comes up, this browser may be too old").waitFor();
});
