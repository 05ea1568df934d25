import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { pageConfig } from "./page_config.ts";
import { TEST_HANGS_AFTER_MS } from "./deadlines.ts";
import { maplibreSource } from "./maplibre_source.ts";
import { compressed } from "./compressed.ts";
import { preloadPage } from "./preload.ts";
import { apiProxy } from "./proxy.ts";
import { securityHeaders } from "./security_headers.ts";
import { withoutUpgrades } from "./without_upgrades.ts";

const bind = process.env.FRONTEND_BIND ?? "127.0.0.1:30000";
const [, host, port] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(bind) ?? [];
if (!host || !port) throw new Error(`FRONTEND_BIND must have the form host:port, is "${bind}"`);

const server = { host, port: Number(port), strictPort: true, cors: false, proxy: apiProxy(process.env) };

export default defineConfig({
  plugins: [react(), maplibreSource(), preloadPage(), compressed(), pageConfig(process.env), withoutUpgrades()],
  server,
  preview: { ...server, headers: securityHeaders(process.env) },
  build: {
    assetsInlineLimit: 0, // fonts and images as files of their own: the security policy allows no inline ones
    modulePreload: { polyfill: false }, // who does not know it loads the scripts a moment later
    chunkSizeWarningLimit: 1200, // MapLibre, loaded after the page is usable
    rolldownOptions: { checks: { bundlerTimings: false } }, // MapLibre takes a few seconds
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}", "*.test.ts"],
    setupFiles: ["src/test_setup.ts"],
    testTimeout: TEST_HANGS_AFTER_MS,
    isolate: false, // a jsdom and all modules anew for each file took more than half of the time
    restoreMocks: true,
    unstubGlobals: true,
  },
});
