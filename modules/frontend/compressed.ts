import { readFile, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const TYPES = new Map([
  ["js", "text/javascript"],
  ["css", "text/css"],
  ["json", "application/json"],
]);
const WORTH_IT = 1_000; // bytes

/** From the best on: what a browser may want, how a file's name ends then, and how it is made. */
const ENCODINGS = [
  ["br", ".br", (content: Buffer) => promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } })],
  ["gzip", ".gz", (content: Buffer) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION })],
] as const;

/**
 * Writes what is built once more, as small as it can be made, and serves that: as nginx.conf.template does. Headers are those
 * of `preview`.
 */
export function compressed(): Plugin {
  return {
    name: "compressed",
    async writeBundle({ dir = "dist" }, bundle) {
      await Promise.all(Object.keys(bundle).filter(isCompressible).map((file) => compress(join(dir, file))));
    },
    configurePreviewServer({ middlewares, config }) {
      const dist = resolve(config.root, config.build.outDir);
      const headers = config.preview.headers ?? {};
      middlewares.use((request, response, next) => {
        serve(dist, headers, request, response).then((isServed) => isServed || next(), next);
      });
    },
  };
}

function isCompressible(file: string): boolean {
  return file.startsWith("assets/") && typeOf(file) !== undefined;
}

function typeOf(file: string): string | undefined {
  return TYPES.get(/\.(\w+)$/.exec(file)?.[1] ?? "");
}

async function compress(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.length < WORTH_IT) return;
  await Promise.all(ENCODINGS.map(async ([, ending, make]) => writeFile(file + ending, await make(content))));
}

/** Whether there was something to serve. */
async function serve(
  dist: string,
  headers: Record<string, number | string | string[] | undefined>,
  { method, url = "", headers: { "accept-encoding": accepted = "" } }: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const file = /^\/(assets\/[\w.-]+)$/.exec(url.split("?")[0] ?? "")?.[1];
  if (method !== "GET" || file === undefined || !isCompressible(file)) return false;
  for (const [encoding, ending] of ENCODINGS) {
    if (!new RegExp(`\\b${encoding}\\b`).test(accepted.toString())) continue;
    const content = await readFile(join(dist, file + ending)).catch(() => null);
    if (!content) continue;
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
    response.setHeader("Content-Type", typeOf(file) ?? "");
    response.setHeader("Content-Encoding", encoding);
    response.setHeader("Vary", "Accept-Encoding");
    response.setHeader("Cache-Control", "public, max-age=31536000, immutable"); // a hash of the content is in the name
    response.end(content);
    return true;
  }
  return false;
}
