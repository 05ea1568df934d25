import { queryOptions } from "@tanstack/react-query";
import type { FeatureCollection } from "geojson";
import type { StyleSpecification } from "maplibre-gl";
import { fetchOrThrow } from "./fetchOrThrow";

/** What whoever runs the page has set, at its start: a map style in place of the page's own, a venue's floor plan. */
interface Config {
  style_url: string;
  venue_url: string;
}

const NOTHING_SET: Config = { style_url: "", venue_url: "" };
const once = { staleTime: Infinity, retry: false, refetchInterval: false } as const;

const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: async ({ signal }): Promise<Config> => {
    const set = (await (await fetchOrThrow("/config.json", { signal })).json()) as Partial<Config>;
    return { ...NOTHING_SET, ...set };
  },
  ...once,
});

/** The configured map style; null where there is none, or it can't be had. */
export const mapStyleQuery = queryOptions({
  queryKey: ["map style"],
  queryFn: async ({ signal, client }) => {
    const { style_url } = await client.query(configQuery);
    if (!style_url) return null;
    const style = (await (await fetchOrThrow(style_url, { signal })).json()) as StyleSpecification;
    // Without the style's glyphs all letters are the machine's own: no style has those of the page's labels.
    delete style.glyphs;
    return style;
  },
  ...once,
});

/** The floor plan: polygons with the properties `name` and `kind`. Null where none is configured. */
export const venueQuery = queryOptions({
  queryKey: ["venue"],
  queryFn: async ({ signal, client }) => {
    const { venue_url } = await client.query(configQuery);
    return venue_url ? ((await (await fetchOrThrow(venue_url, { signal })).json()) as FeatureCollection) : null;
  },
  ...once,
});
