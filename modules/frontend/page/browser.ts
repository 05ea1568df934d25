import { existsSync } from "node:fs";
import axe, { type AxeResults } from "axe-core";
import { chromium, type Browser, type BrowserContextOptions, type LaunchOptions, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { WAIT_HANGS_AFTER_MS } from "../deadlines";

/** WebGL without a graphics card, and no traffic of the browser's own. */
const FLAGS = ["--no-sandbox", "--disable-background-networking", "--enable-unsafe-swiftshader"];

/** Software rendering is slow when the map is looked at, and a service may refuse what was typed. */
const EXPECTED = /GPU stall|status of 400/;

/** As people have it. */
export const WHOLE = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS, timeout: WAIT_HANGS_AFTER_MS };

/** The same without what is around a page, menus and settings: a fifth of what these tests cost. Not every distribution has it. */
const BARE = "/usr/bin/chromium-headless-shell";
export const LAUNCH = { ...WHOLE, executablePath: !process.env.CHROMIUM && existsSync(BARE) ? BARE : WHOLE.executablePath };

export function launch(options?: LaunchOptions): Promise<Browser> {
  return chromium.launch({ ...LAUNCH, ...options });
}

/**
 * A browser for the tests of a file. A test fails over what nobody should see in its pages, except where it matches
 * `expected`.
 */
export function withBrowser(expected?: RegExp) {
  let browser: Browser;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await launch();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(complaints.splice(0).filter((text) => !expected?.test(text))).toEqual([]);
  });
  afterAll(() => browser.close());
  return {
    open: async (address: string, options?: BrowserContextOptions, prepare?: Prepare): Promise<Page> => {
      const opened = await openPage(browser, address, options, prepare);
      opened.page.on("close", () => complaints.push(...opened.complaints));
      return opened.page;
    },
  };
}

/** What is to be done in the browser before it goes to the page. */
type Prepare = (page: Page) => Promise<unknown>;

/** A new browser profile on the page, and everything in it that nobody should see. */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
  prepare?: Prepare,
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(WAIT_HANGS_AFTER_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !EXPECTED.test(message.text())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(address).origin) complaints.push(`asked ${origin}`);
  });
  await prepare?.(page);
  await page.goto(address);
  return { page, complaints };
}

/** What axe finds that keeps somebody from using the page, or nearly. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // Where a rule holds need not be told: on a long list that is most of what there is to tell.
  const { violations } = await page.evaluate<AxeResults>('axe.run({ resultTypes: ["violations"] })');
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** On which a dialog is looked at. */
export const LOOKS = [
  ["on a screen", {}],
  ["on a phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
] as const;

export async function expectNothingSticksOut(dialog: Locator): Promise<void> {
  expect(await dialog.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)).toBe(true);
  expect(await dialog.page().evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
}

/** --own and --other of tokens.css, which only the person's way and a meeting's evidence have, as mapColours tells them. */
export const [OWN, OTHER] = ["63,81,201", "217,99,30"] as const;

/** How many pixels of the map have each colour, "r,g,b", once it has come to rest. */
export async function mapColours(page: Page): Promise<Map<string, number>> {
  await page.locator('.map[data-state="idle"]').waitFor();
  const image = (await page.locator(".map canvas").screenshot()).toString("base64");
  const empty = await page.context().newPage();
  const counts = await empty.evaluate(async (data) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${data}`;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const drawing = canvas.getContext("2d");
    drawing?.drawImage(picture, 0, 0);
    const pixels = drawing?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    const found: Record<string, number> = {};
    for (let index = 0; index < pixels.length; index += 4) {
      const colour = `${pixels[index] ?? 0},${pixels[index + 1] ?? 0},${pixels[index + 2] ?? 0}`;
      found[colour] = (found[colour] ?? 0) + 1;
    }
    return found;
  }, image);
  await empty.close();
  return new Map(Object.entries(counts));
}
