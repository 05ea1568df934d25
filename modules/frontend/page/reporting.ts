import { PERSON, PHONE } from "./system";

const EVERY_MS = 1000;
const METRE = 1 / 111_320; // degrees of latitude

/** Phones of these people, which report each second, two metres from each other, until they part. */
export async function reporting(...people: number[]) {
  const secrets = await Promise.all(people.map(connectPhone));
  const [latitude, longitude] = [-60 - Math.random(), 100 + Math.random()]; // where nobody else is
  let apart = 2;
  const report = async (secret: string, place: number) => {
    const fix = { lat: latitude + place * apart * METRE, lon: longitude, timestamp: Math.floor(Date.now() / 1000), acc: 2 };
    const query = new URLSearchParams(Object.entries(fix).map(([name, value]) => [name, String(value)]));
    const answer = await fetch(`${PHONE}/phone/gpslogger/${secret}?${query.toString()}`);
    await answer.text(); // whoever is pushed back says it again a second later
  };
  let last = Promise.resolve();
  const timer = setInterval(() => {
    last = last.then(() => Promise.all(secrets.map(report))).then(() => undefined);
  }, EVERY_MS);
  return {
    part: () => {
      apart = 500;
    },
    stop: async () => {
      clearInterval(timer);
      await last;
    },
  };
}

async function connectPhone(person: number): Promise<string> {
  const body = JSON.stringify({ name: "phone", app: "gpslogger" });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${PERSON}/api/persons/${person}/devices`, { method: "POST", headers, body });
  return ((await answer.json()) as { secret: string }).secret;
}
