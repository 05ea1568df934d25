import type { Page } from "playwright-core";

/** What a page has done, counted in it: nothing of this depends on how fast the machine is. */
export interface Work {
  /** Frames in which the map was drawn. */
  frames: number;
  /** Vertices that the graphics card was told to draw. */
  vertices: number;
  /** How often the map was given data anew, by their source. */
  sources: Record<string, number>;
  /** Rows of the list when there were any for the first time. */
  firstRows: number;
  /** When that was, as the browser also says when each request began. */
  firstRowsAt: number;
}

type Counting = Window & { work: Work };

/** Counts on every page that is opened from now on. */
export async function countWork(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const work: Work = { frames: 0, vertices: 0, sources: {}, firstRows: 0, firstRowsAt: 0 };
    (window as unknown as Counting).work = work;

    type Call = (...call: number[]) => void;
    const card = WebGL2RenderingContext.prototype as unknown as { drawElements: Call; drawArrays: Call };
    const { drawElements, drawArrays } = card;
    card.drawElements = function (...call) {
      work.vertices += call[1] ?? 0;
      drawElements.apply(this, call);
    };
    card.drawArrays = function (...call) {
      work.vertices += call[2] ?? 0;
      drawArrays.apply(this, call);
    };
    const request = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) =>
      request((now) => {
        const before = work.vertices;
        callback(now);
        if (work.vertices > before) work.frames += 1;
      });

    // MapLibre has its worker cut the data of a source into tiles: the message is called LD.
    const { postMessage } = Worker.prototype as { postMessage: (...call: unknown[]) => void };
    Worker.prototype.postMessage = function (...call: unknown[]) {
      const { type, data } = call[0] as { type: string; data: { source?: string } };
      if (type === "LD" && data.source) work.sources[data.source] = (work.sources[data.source] ?? 0) + 1;
      postMessage.apply(this, call);
    };

    new MutationObserver(() => {
      if (work.firstRows > 0) return;
      work.firstRows = document.querySelectorAll(".meeting .row").length;
      work.firstRowsAt = performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
}

export function workOf(page: Page): Promise<Work> {
  return page.evaluate(() => (window as unknown as Counting).work);
}

/** What an action makes the page do, and how many pieces of its scripts it makes it run (blocks, as V8 counts them). */
export async function workFor(page: Page, act: () => Promise<void>): Promise<Work & { blocks: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Profiler.enable");
  await session.send("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const before = await workOf(page);
  await act();
  const after = await workOf(page);
  const { result } = await session.send("Profiler.takePreciseCoverage");
  await session.detach();
  const ranges = result.flatMap(({ functions }) => functions.flatMap((each) => each.ranges));
  const sources = Object.entries(after.sources).map(([name, times]) => [name, times - (before.sources[name] ?? 0)] as const);
  return {
    ...after,
    frames: after.frames - before.frames,
    vertices: after.vertices - before.vertices,
    sources: Object.fromEntries(sources.filter(([, times]) => times > 0)),
    blocks: ranges.reduce((sum, { count }) => sum + count, 0),
  };
}
