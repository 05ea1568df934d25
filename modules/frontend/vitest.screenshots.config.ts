import { defineConfig } from "vitest/config";

process.env.TZ = "Europe/Berlin";

/** Pictures of the page for the README, from a running system in which the demonstration has taken place. */
export default defineConfig({ test: { include: ["page/screenshots.ts"], testTimeout: 120_000, hookTimeout: 60_000 } });
