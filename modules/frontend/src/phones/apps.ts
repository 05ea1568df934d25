import type { PhoneApp } from "../api/devices";

/** What each app is called in the shops, and on which phones it is to be had. */
export const APPS: Record<PhoneApp, string> = {
  owntracks: "OwnTracks (Android, iOS)",
  traccar: "Traccar Client (Android, iOS)",
  overland: "Overland (iOS)",
  gpslogger: "GPSLogger (Android)",
  osmand: "OsmAnd (Android)",
};

export function appName(app: string): string {
  return app in APPS ? APPS[app as PhoneApp].replace(/ \(.*/, "") : app;
}
