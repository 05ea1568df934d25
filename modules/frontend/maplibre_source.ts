import { join } from "node:path";
import { transformWithOxc, type Plugin } from "vite";

const SOURCE = join(import.meta.dirname, "node_modules/maplibre-gl/src");
const WORKER = "virtual:maplibre-worker-url";

/**
 * Builds MapLibre and its worker from their sources, at once. As they are published each brings a copy of what both need,
 * a quarter of the whole; built together they share it in one file.
 */
export function maplibreSource(): Plugin {
  return {
    name: "maplibre-source",
    apply: "build",
    enforce: "pre",
    resolveId: {
      filter: { id: /^maplibre-gl(\/dist\/maplibre-gl-worker\.mjs\?worker&url)?$/ },
      handler: (id) => (id === "maplibre-gl" ? join(SOURCE, "index.ts") : WORKER),
    },
    load: {
      filter: { id: /^virtual:maplibre-worker-url$/ },
      handler() {
        const worker = this.emitFile({ type: "chunk", id: join(SOURCE, "source/worker.ts"), name: "maplibre-worker" });
        return `export default import.meta.ROLLUP_FILE_URL_${worker};`;
      },
    },
    transform: {
      filter: { id: /\/maplibre-gl\/src\/.*\.ts$/ },
      // Fields that are only declared are no fields: MapLibre is written for TypeScript's useDefineForClassFields=false.
      handler: (code, id) =>
        transformWithOxc(code, id, {
          assumptions: { setPublicClassFields: true },
          typescript: { removeClassFieldsWithoutInitializer: true },
        }),
    },
  };
}
