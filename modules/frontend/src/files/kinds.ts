/** How the name of a file that can be read ends. */
const KINDS = [
  ...[".csv", ".tsv", ".gpx", ".geojson", ".json", ".kml", ".kmz", ".tcx", ".fit", ".rec", ".geojsonl", ".ndjson", ".jsonl"],
  ...[".gz", ".zip"],
];

export const ACCEPT = KINDS.join(",");

/** "1.2 MB" */
export function formatBytes(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  if (megabytes >= 1) return `${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB`;
  return `${Math.ceil(bytes / 1_000)} kB`;
}
