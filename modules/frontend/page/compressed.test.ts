import { get, type IncomingHttpHeaders } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { FRONTEND, id, linkTo } from "./system";

interface Answered {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** As it comes over the line. */
function ask(path: string, encodings: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    get(new URL(path, FRONTEND), { headers: { "Accept-Encoding": encodings } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
      answer.on("error", reject);
    }).on("error", reject);
  });
}

const { searchParams } = new URL(linkTo(id));
const DAY = `start_date=${searchParams.get("from")}&end_date=${searchParams.get("to")}`;

test("scripts come as small as they can be made, with the headers that they have otherwise", async () => {
  const page = (await ask("/", "identity")).body.toString();
  const [script = ""] = /\/assets\/start-[^"]+\.js/.exec(page) ?? [];
  const [plain, brotli, gzip] = [await ask(script, "identity"), await ask(script, "gzip, deflate, br"), await ask(script, "gzip")];
  expect([plain, brotli, gzip].map(({ headers }) => headers["content-encoding"])).toEqual([undefined, "br", "gzip"]);
  expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
  expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
  for (const name of ["content-type", "content-security-policy", "x-content-type-options", "referrer-policy"]) {
    expect(brotli.headers[name]).toBe(plain.headers[name]);
  }
  expect(brotli.headers.vary).toBe("Accept-Encoding");
  expect(brotli.headers["cache-control"]?.split(/, */)).toEqual(["public", "max-age=31536000", "immutable"]);
  expect((await ask("/assets/..%2findex.html", "br")).headers["content-encoding"]).toBeUndefined();
});

test("answers of the services come compressed to who takes them so, and are the same", async () => {
  const path = `/api/persons/${id}/locations?${DAY}&max_points=1000`;
  const [plain, gzip] = [await ask(path, "identity"), await ask(path, "gzip, deflate, br")];
  expect([plain, gzip].map(({ headers }) => headers["content-encoding"])).toEqual([undefined, "gzip"]);
  expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
  expect(gzip.body.length).toBeLessThan(plain.body.length / 2);
  expect(gzip.headers["cache-control"]).toBe(plain.headers["cache-control"]);
  const refused = await ask(`/api/persons/${id}/encounters?${DAY}&distance=0`, "gzip");
  expect([refused.status, refused.headers["content-type"]]).toEqual([400, "application/problem+json"]);
});
