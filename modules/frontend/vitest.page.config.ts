import { defineConfig } from "vitest/config";
import { TEST_HANGS_AFTER_MS, WAIT_HANGS_AFTER_MS } from "./deadlines.ts";

// The zone of the browser in these tests, for what they expect.
process.env.TZ = "Europe/Berlin";

/** The page in a real browser, against running services. Started by tests/e2e/page. */
export default defineConfig({
  test: {
    include: ["page/*.test.ts"],
    testTimeout: TEST_HANGS_AFTER_MS,
    hookTimeout: TEST_HANGS_AFTER_MS,
    expect: { poll: { timeout: WAIT_HANGS_AFTER_MS } },
    fileParallelism: false,
    isolate: false, // one process and one browser for all files
  },
});
