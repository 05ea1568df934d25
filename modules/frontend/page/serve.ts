import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { preview } from "vite";

/** What `npm run serve` would serve with these variables, on a free port. */
export async function servePage(environment: NodeJS.ProcessEnv): Promise<{ origin: string; close: () => Promise<void> }> {
  Object.assign(process.env, { FRONTEND_BIND: "127.0.0.1:1" }, environment); // the port is chosen below
  const server = await preview({
    root: join(import.meta.dirname, ".."),
    logLevel: "silent",
    preview: { port: 0, strictPort: false },
  });
  const { port } = server.httpServer.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
