import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withBrowser } from "./browser";
import { FRONTEND, id, linkTo } from "./system";

/** The page, but what is held back of it comes only when that is asked for. */
const held = new Map<string, () => void>();
const server = createServer((incoming, answer) => void pass(incoming.url ?? "/", answer));
const { open } = withBrowser(/^asked http:/); // which a blank page does not
let origin: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

async function pass(path: string, answer: ServerResponse): Promise<void> {
  const told = await fetch(FRONTEND + path);
  answer.writeHead(told.status, { "Content-Type": told.headers.get("Content-Type") ?? "" });
  const body = Buffer.from(await told.arrayBuffer());
  if (path.startsWith("/?")) {
    const half = body.indexOf("<body>");
    answer.write(body.subarray(0, half));
    held.set("body", () => answer.end(body.subarray(half)));
  } else if (/\/index-[^/]*\.css$/.test(path)) {
    held.set("styles", () => answer.end(body));
  } else answer.end(body);
}

test.each([["body", "styles"], ["styles", "body"]])("scripts that are there before the %s and then the %s wait for both", async (first, last) => {
  held.clear();
  const page = await open("about:blank");
  await page.goto(linkTo(id, origin), { waitUntil: "commit" });
  // Imported again it is the same: it has run when that is done.
  const script = 'link[rel="modulepreload"][href*="/start-"]';
  await page.evaluate(`import(document.querySelector('${script}').href).then(() => undefined)`);
  await expect.poll(() => [...held.keys()].sort()).toEqual(["body", "styles"]);
  held.get(first)?.();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  expect(await page.evaluate(() => document.querySelectorAll(".app").length)).toBe(0);
  held.get(last)?.();
  await page.locator(".meeting .row").first().waitFor();
});
