import { lazy, Suspense } from "react";
import type { PairedDevice } from "../api/devices";
import { appName } from "./apps";

const QrCode = lazy(() => import("./QrCode"));

/** How the phone is told: by its camera, by a link on the phone itself, or by hand. It can't be shown again. */
export function SetUp({ device, onDone }: { device: PairedDevice; onDone: () => void }) {
  const { setup } = device;
  const app = appName(device.app);
  return (
    <section className="set-up" aria-label={`Set up ${app}`}>
      <p>
        {setup.link
          ? `Point the phone’s camera at this code, and ${app} opens with everything filled in.`
          : `${app} takes no code. Point the phone’s camera at this one for the address, or type what is below into its settings.`}
      </p>
      <Suspense fallback={<div className="qr" />}>
        <QrCode text={setup.qr} label={`Code that sets up ${app}`} />
      </Suspense>
      {setup.link && (
        <a className="button button-wide" href={setup.link}>
          {`Open ${app} on this phone`}
        </a>
      )}
      <dl className="set-up-fields" translate="no">
        {setup.fields.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">This is shown only now. Whoever has it can report as this phone: show it to nobody else.</p>
      <div className="buttons">
        <button type="button" className="button button-primary" onClick={onDone}>
          Done
        </button>
      </div>
    </section>
  );
}
