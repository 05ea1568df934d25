import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";

const DIST = join(import.meta.dirname, "../dist");
const page = readFileSync(join(DIST, "index.html"), "utf8");
const files = readdirSync(join(DIST, "assets"));
const scripts = files.filter((file) => file.endsWith(".js"));
const read = (file: string) => readFileSync(join(DIST, "assets", file));
const size = (some: string[]) => some.reduce((sum, file) => sum + read(files.includes(`${file}.gz`) ? `${file}.gz` : file).length, 0);

/** The scripts that one imports before it runs, as they are written in it. */
const importedBy = (file: string) => [...read(file).toString().matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)].map(([, name = ""]) => name);

function withImports(file: string, found = new Set<string>()): Set<string> {
  if (!found.has(file)) {
    found.add(file);
    importedBy(file).forEach((each) => withImports(each, found));
  }
  return found;
}

/** The one that starts with that name. */
function script(name: string): string {
  const [found, ...others] = scripts.filter((file) => file.startsWith(`${name}-`));
  if (found === undefined || others.length > 0) throw new Error(`there is not one script ${name}`);
  return found;
}

test("the page has at most 105 kB of scripts without the map, 435 kB with it and its worker, and 455 kB with all that may be looked at, compressed", () => {
  const first = scripts.filter((file) => page.includes(file));
  expect(first.length).toBeGreaterThan(0);
  const map = [...withImports(script("Stage")), ...withImports(script("maplibre-worker"))];
  const withMap = [...new Set([...first, ...map])];
  const styles = files.filter((file) => file.endsWith(".css") && page.includes(file));
  console.info(`compressed scripts: ${size(first)} bytes without the map, ${size(withMap)} with it, ${size(scripts)} in all; styles: ${size(styles)}`);
  expect(size(first)).toBeLessThan(105_000);
  expect(size(withMap)).toBeLessThan(435_000);
  expect(size(scripts)).toBeLessThan(455_000);
  expect(size(styles)).toBeLessThan(8_000);
});

test("what asks the first questions is small and waits for no other script", () => {
  const first = script("index");
  expect(page).toContain(`async type="module" crossorigin src="/assets/${first}"`);
  expect(importedBy(first)).toEqual([]);
  expect(size([first])).toBeLessThan(6_000);
});

test("the page names the scripts that it starts with, so that none of them is waited for before another, and nothing else", () => {
  const named = [...page.matchAll(/(?:href|src)="\/assets\/([^"]+)"/g)].map(([, file = ""]) => file);
  const needed = withImports(script("start"));
  expect(named.filter((file) => file.endsWith(".js")).sort()).toEqual([...needed].sort());
  expect(needed).toContain(script("index"));
  expect(named.filter((file) => !file.endsWith(".js"))).toEqual([expect.stringMatching(/^index-.*\.css$/)]);
  expect(named.filter((file) => file.endsWith(".css")).flatMap((file) => read(file).toString().match(/url\([^)]*\)/g) ?? [])).toEqual([]);
});

test("what is built lies there compressed as well, and is the same", () => {
  const large = files.filter((file) => /\.(js|css|json)$/.test(file) && read(file).length >= 1_000);
  expect(large.length).toBeGreaterThan(10);
  for (const file of large) {
    expect(brotliDecompressSync(read(`${file}.br`)).equals(read(file))).toBe(true);
    expect(gunzipSync(read(`${file}.gz`)).equals(read(file))).toBe(true);
  }
  const of = (file: string) => file.replace(/\.(br|gz)$/, "");
  expect(files.filter((file) => !existsSync(join(DIST, "assets", of(file))))).toEqual([]);
});
