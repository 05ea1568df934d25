import { defineConfig } from "vitest/config";
import { TEST_HANGS_AFTER_MS } from "./deadlines.ts";

/** How fast the page is, against a running system. Started by benchmarks/page. */
export default defineConfig({
  test: { include: ["page/bench.ts"], testTimeout: 6 * TEST_HANGS_AFTER_MS, hookTimeout: TEST_HANGS_AFTER_MS },
});
