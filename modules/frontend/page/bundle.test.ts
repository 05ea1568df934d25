import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

test("the page without the map has at most 120 kB of scripts, with it and its worker at most 450 kB, compressed", () => {
  const dist = join(import.meta.dirname, "../dist");
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const scripts = readdirSync(join(dist, "assets")).filter((file) => file.endsWith(".js"));
  const size = (files: string[]) =>
    files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, "assets", file))).length, 0);
  const first = scripts.filter((file) => page.includes(file));
  expect(first.length).toBeGreaterThan(0);
  expect(scripts.filter((file) => file.includes("worker"))).toHaveLength(1);
  console.info(`scripts: ${size(first)} bytes without the map, ${size(scripts)} with it and its worker`);
  expect(size(first)).toBeLessThan(120_000);
  expect(size(scripts)).toBeLessThan(450_000);
});
