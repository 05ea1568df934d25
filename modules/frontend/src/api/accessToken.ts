const KEY = "udaconnect.access_token";
const API = "/api/";

/** What this tab shows the services as proof of who asks. It is kept until the tab is closed, and nowhere else. */
export function accessToken(): string | null {
  return sessionStorage.getItem(KEY);
}

export function keepAccessToken(token: string): void {
  if (token) sessionStorage.setItem(KEY, token);
  else sessionStorage.removeItem(KEY);
}

/** The header for a request to the services; nobody else, such as the server of a map style, is to see the token. */
export function authorization(path: string): Record<string, string> {
  const token = path.startsWith(API) ? accessToken() : null;
  return token ? { Authorization: `Bearer ${token}` } : {};
}
