/** Nothing is loaded from, or sent to, any other origin; nothing is evaluated; no other page may frame this one. */
const SECURITY_HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data: blob:", // MapLibre's controls are data: images
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer", // the address bar says whom one looked at
};

/** The same, but a configured map style may load its tiles from the origins in MAP_ORIGINS, separated by spaces. */
export function securityHeaders({ MAP_ORIGINS = "" }: NodeJS.ProcessEnv): typeof SECURITY_HEADERS {
  const policy = SECURITY_HEADERS["Content-Security-Policy"];
  const widened = MAP_ORIGINS ? policy.replace("connect-src 'self'", `connect-src 'self' ${MAP_ORIGINS}`) : policy;
  return { ...SECURITY_HEADERS, "Content-Security-Policy": widened };
}
