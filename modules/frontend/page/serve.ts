import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { preview } from "vite";

/** What `npm run serve` would serve with these variables, on a free port. */
export async function servePage(environment: NodeJS.ProcessEnv): Promise<{ origin: string; close: () => Promise<void> }> {
  const set = { FRONTEND_BIND: "127.0.0.1:1", ...environment }; // the port is chosen below
  const before = Object.keys(set).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, set);
  const server = await preview({
    root: join(import.meta.dirname, ".."),
    logLevel: "silent",
    preview: { port: 0, strictPort: false },
  });
  // It has read them: who comes after it in this process finds none of them.
  for (const [name, value] of before) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  const { port } = server.httpServer.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
