/**
 * The only deadlines of the page's tests. They end what hangs and are no measure of speed: the suite is to pass on a machine
 * that gives it a quarter of a core. How fast the page is is measured by `make bench-page`.
 */
export const TEST_HANGS_AFTER_MS = 600_000;
export const WAIT_HANGS_AFTER_MS = 240_000;
