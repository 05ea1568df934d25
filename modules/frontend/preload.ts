import type { Plugin, Rolldown } from "vite";

const PAGE = "/src/app/start.tsx";

/**
 * Has index.html name the scripts of the page itself: main.ts, which asks the first questions, imports them only when it
 * runs, and the browser would hear of them that late. Nothing else is named: the map comes after the first answers.
 */
export function preloadPage(): Plugin {
  return {
    name: "preload-page",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html, { bundle = {} }) => {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const page = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(PAGE));
        if (!page) throw new Error(`nothing is built of ${PAGE}`);
        return withImports([page], chunks)
          .filter((file) => !html.includes(file))
          .map((file) => ({ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${file}` }, injectTo: "head" }));
      },
    },
  };
}

/** The files of these chunks and of what they import, each once. */
function withImports(chunks: Rolldown.OutputChunk[], all: Rolldown.OutputChunk[]): string[] {
  const files = new Set<string>();
  const add = (chunk: Rolldown.OutputChunk) => {
    if (files.has(chunk.fileName)) return;
    files.add(chunk.fileName);
    all.filter(({ fileName }) => chunk.imports.includes(fileName)).forEach(add);
  };
  chunks.forEach(add);
  return [...files];
}
