import { queryOptions } from "@tanstack/react-query";
import { fetchOrThrow, sendJson } from "./fetchOrThrow";

/** Which app reports, as person_service knows it. */
export type PhoneApp = "owntracks" | "traccar" | "overland" | "gpslogger" | "osmand";

export interface NewDevice {
  name: string;
  app: PhoneApp;
}

/** A phone that reports for a person. Times are RFC 3339 in UTC. */
export interface Device {
  id: number;
  person_id: number;
  name: string;
  app: string;
  created_at: string;
  last_seen_at: string | null;
  last_accuracy_m: number | null;
  /** Since when nothing is taken from it. */
  revoked_at: string | null;
}

/** What is to be typed into a field of the app. */
export interface Setting {
  name: string;
  value: string;
}

/** How the app is told where to report, and as whom. */
export interface Setup {
  url: string;
  /** Opens the app and fills everything in; null where the app has no such link. */
  link: string | null;
  qr: string;
  fields: Setting[];
}

/** What is told once only: nobody can look the secret up again. */
export interface PairedDevice extends Device {
  secret: string;
  setup: Setup;
}

const REFRESH_MS = 10_000;

export function devices(person: number): string {
  return `/api/persons/${person}/devices`;
}

/** Looked up again while it is looked at: whoever has just set an app up wants to see that it reports. */
export function devicesQuery(person: number) {
  return queryOptions({
    queryKey: ["devices", person],
    queryFn: async ({ signal }) => (await (await fetchOrThrow(devices(person), { signal })).json()) as Device[],
    refetchInterval: REFRESH_MS,
  });
}

export async function pairDevice(person: number, device: NewDevice): Promise<PairedDevice> {
  return (await sendJson("POST", devices(person), device)) as PairedDevice;
}

/** From then on nothing is taken from it; twice is the same as once. */
export async function revokeDevice({ id, person_id }: Device): Promise<void> {
  await fetchOrThrow(`${devices(person_id)}/${id}`, { method: "DELETE" });
}
