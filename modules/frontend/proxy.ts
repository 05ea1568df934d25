import type { IncomingMessage, ServerResponse } from "node:http";
import { createGzip } from "node:zlib";
import type { ProxyOptions } from "vite";

/** Files of locations, which phone_gateway reads. */
const PHONE_GATEWAY_PATHS = "^/api/persons/[^/?]+/files(/|\\?|$)";
/** Encounters while they happen. */
const ENCOUNTER_STREAM_PATHS = "^/api/persons/[^/?]+/encounters/live(/|\\?|$)";
/** The part of /api that connection_service answers; every path that is neither belongs to person_service. */
export const CONNECTION_SERVICE_PATHS =
  "^/api/(groups|persons/[^/?]+/(connection|encounters|contacts|introductions|locations|way|export))(/|\\?|$)";
const PERSON_SERVICE_PATHS = "^/api/persons(/|\\?|$)";

/** Routes /api as the cluster's ingress does, for `npm run dev` and `npm run serve` alike. The first match wins. */
export function apiProxy(environment: NodeJS.ProcessEnv): Record<string, ProxyOptions> {
  return {
    [PHONE_GATEWAY_PATHS]: to("phone_gateway", environment.PHONE_URL ?? "http://127.0.0.1:30008"),
    [ENCOUNTER_STREAM_PATHS]: to("encounter_stream", environment.STREAM_URL ?? "http://127.0.0.1:30010"),
    [CONNECTION_SERVICE_PATHS]: to("connection_service", environment.CONNECTION_URL ?? "http://127.0.0.1:30002"),
    [PERSON_SERVICE_PATHS]: to("person_service", environment.PERSON_URL ?? "http://127.0.0.1:30001"),
  };
}

function to(service: string, target: string): ProxyOptions {
  return {
    target,
    selfHandleResponse: true,
    configure: (proxy) => {
      proxy.on("error", (_error, _request, response) => {
        if ("writeHead" in response && !response.headersSent) answerBadGateway(response, service);
      });
      proxy.on("proxyRes", passOn);
    },
  };
}

/** As it comes; JSON compressed, as nginx does, for whoever wants it so. */
function passOn(answer: IncomingMessage, request: IncomingMessage, response: ServerResponse): void {
  const headers = { ...answer.headers };
  // These are between the service and this.
  delete headers.connection;
  delete headers["transfer-encoding"];
  const isJson = /^application\/(geo\+)?json\b/.test(headers["content-type"] ?? "");
  const isCompressed = isJson && request.method === "GET" && /\bgzip\b/.test(request.headers["accept-encoding"]?.toString() ?? "");
  if (isCompressed) {
    delete headers["content-length"];
    Object.assign(headers, { "content-encoding": "gzip", vary: "Accept-Encoding" });
  }
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
  (isCompressed ? answer.pipe(createGzip()) : answer).pipe(response);
  // An answer that is cut short ends here too: whoever reads it would wait for the rest.
  answer.on("close", () => {
    if (!answer.complete) response.destroy();
  });
}

function answerBadGateway(response: ServerResponse, service: string): void {
  response.writeHead(502, { "Content-Type": "application/problem+json" });
  response.end(
    JSON.stringify({ type: "about:blank", title: "Bad Gateway", status: 502, detail: `${service} does not answer` }),
  );
}
