const KEY = "udaconnect.access_token";
const API = "/api/";

/** Where the browser keeps nothing for the page ("block all cookies"), the token lasts until the page is left. */
let unkept: string | null = null;

/** What this tab shows the services as proof of who asks. It is kept until the tab is closed, and nowhere else. */
export function accessToken(): string | null {
  try {
    return sessionStorage.getItem(KEY) ?? unkept;
  } catch {
    return unkept;
  }
}

export function keepAccessToken(token: string): void {
  try {
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
    unkept = null;
  } catch {
    unkept = token || null;
  }
}

/** The header for a request to the services; nobody else, such as the server of a map style, is to see the token. */
export function authorization(path: string): Record<string, string> {
  const token = path.startsWith(API) ? accessToken() : null;
  return token ? { Authorization: `Bearer ${token}` } : {};
}
