import { queryOptions } from "@tanstack/react-query";
import { fetchOrThrow, sendJson } from "./fetchOrThrow";

/** Whether a person shares where they are: since when they do not (RFC 3339 in UTC), or null. */
export interface Sharing {
  paused_at: string | null;
}

export interface NewSharing {
  paused: boolean;
}

/** From when until before when a person is to be forgotten, RFC 3339. Without an end: until now, by the service's clock. */
export interface NewForgotten {
  started_at: string;
  ended_at?: string;
}

/** What has been forgotten, and how many locations were in it. */
export interface Forgotten {
  started_at: string;
  ended_at: string;
  locations: number;
}

export function sharing(person: number): string {
  return `/api/persons/${person}/sharing`;
}

export function sharingQuery(person: number) {
  return queryOptions({
    queryKey: ["sharing", person],
    queryFn: async ({ signal }) => (await (await fetchOrThrow(sharing(person), { signal })).json()) as Sharing,
  });
}

/** While it is paused nothing is taken from any phone, nor later what was measured then; twice is the same as once. */
export async function pauseSharing(person: number, paused: boolean): Promise<Sharing> {
  return (await sendJson("PUT", sharing(person), { paused } satisfies NewSharing)) as Sharing;
}

/** Deletes what was measured in that time, everywhere and for good. */
export async function forgetTime(person: number, time: NewForgotten): Promise<Forgotten> {
  return (await sendJson("POST", `/api/persons/${person}/forgotten`, time)) as Forgotten;
}
