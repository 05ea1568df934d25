import { readFile, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import sirv from "sirv";
import type { Plugin } from "vite";

const ASSETS = "assets";
const A_YEAR_S = 31_536_000;
const WORTH_IT = 1_000; // bytes

/** How a file's name ends then, and how it is made. */
const ENCODINGS = [
  [".br", (content: Buffer) => promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } })],
  [".gz", (content: Buffer) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION })],
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
      const assets = join(resolve(config.root, config.build.outDir), ASSETS);
      const headers = Object.entries(config.preview.headers);
      const setHeaders = (response: ServerResponse) => {
        for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value);
      };
      // Whatever changes has another name.
      middlewares.use(`/${ASSETS}`, sirv(assets, { brotli: true, gzip: true, maxAge: A_YEAR_S, immutable: true, setHeaders }));
    },
  };
}

function isCompressible(file: string): boolean {
  return file.startsWith(`${ASSETS}/`) && /\.(js|css|json)$/.test(file);
}

async function compress(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.length < WORTH_IT) return;
  await Promise.all(ENCODINGS.map(async ([ending, make]) => writeFile(file + ending, await make(content))));
}
