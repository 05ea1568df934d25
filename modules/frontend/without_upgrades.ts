import type { Plugin } from "vite";

/**
 * Whoever asks `npm run serve` to upgrade a connection is answered as though nobody had asked, as nginx does.
 *
 * For the WebSockets of proxied services, of which there are none, Vite takes such a connection over and leaves it to
 * itself; and when it breaks, as nothing listens to its errors, the process ends.
 */
export function withoutUpgrades(): Plugin {
  return {
    name: "without-upgrades",
    configurePreviewServer: (server) => () => {
      server.httpServer.removeAllListeners("upgrade");
    },
  };
}
