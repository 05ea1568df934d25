import { existsSync } from "node:fs";
import axe, { type AxeResults } from "axe-core";
import { chromium, type Browser, type BrowserContextOptions, type LaunchOptions, type Locator, type Page } from "playwright-core";
import { afterEach, beforeAll, expect } from "vitest";
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

/** One for the tests of all files; it ends with their process. */
let shared: Promise<Browser> | undefined;

/**
 * The browser, with no profile left from the test before. A test fails over what nobody should see in its pages, except
 * where it matches `expected`. Whoever looks at the map's pixels asks for a fine one.
 */
export function withBrowser(expected?: RegExp, { isFine = false } = {}) {
  let browser: Browser;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await (shared ??= launch());
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(complaints.splice(0).filter((text) => !expected?.test(text))).toEqual([]);
  });
  return {
    open: async (address: string, options?: BrowserContextOptions, prepare?: Prepare): Promise<Page> => {
      const opened = await openPage(browser, address, options, async (page) => {
        if (!isFine) await page.addInitScript(coarsenMap);
        await prepare?.(page);
      });
      opened.page.on("close", () => complaints.push(...opened.complaints));
      return opened.page;
    },
  };
}

/** A pixel is drawn by the processor here: the map makes do with a sixteenth of them, of the same size on the page. */
function coarsenMap(): void {
  Object.defineProperty(window, "devicePixelRatio", { value: 0.25 });
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
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(axe.source);
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
  const counts = await page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const drawing = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    drawing?.drawImage(picture, 0, 0);
    const pixels = drawing?.getImageData(0, 0, picture.width, picture.height).data.buffer;
    const found = new Map<number, number>(); // by the four bytes of a pixel as one number, the red one lowest
    for (const pixel of new Uint32Array(pixels ?? new ArrayBuffer(0))) found.set(pixel, (found.get(pixel) ?? 0) + 1);
    return [...found];
  }, image);
  return new Map(counts.map(([pixel, count]) => [[0, 8, 16].map((bits) => (pixel >> bits) & 255).join(","), count]));
}
