import { defineConfig } from "vitest/config";

// The zone of the browser in these tests, for what they expect.
process.env.TZ = "Europe/Berlin";

/** The page in a real browser, against running services. Started by tests/e2e/page. */
export default defineConfig({
  test: { include: ["page/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
});
