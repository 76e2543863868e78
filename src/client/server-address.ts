import { globals, type UrlLike } from "./globals.ts";

/** Where a twin's server is and, when it asks for one, the token that opens it. `base` ends in a slash. */
export type ServerAddress = { base: string; token: string | null };

/**
 * The server that `text` names: `http(s)://` or `ws(s)://`, with the path below which a reverse proxy shows the twin,
 * or only `host:port`. A token in it (`?token=…` or `#token=…`) is used unless `token` is given. Null when it is no
 * address.
 */
export function readAddress(text: string, token: string | null): ServerAddress | null {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: UrlLike;
  try {
    url = new globals.URL(whole.replace(/^ws/i, "http"));
  } catch {
    return null;
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return null;
  const inHash = new globals.URLSearchParams(url.hash.slice(1)).get("token");
  const given = token ?? url.searchParams.get("token") ?? inHash;
  const path = url.pathname.replace(/\/(?:ws\/(?:state|command)\/?)?$/, "");
  return { base: `${url.origin}${path}/`, token: given };
}

/** Carries the token in the query: for sockets and images, which cannot send a header. */
export function socketUrl(address: ServerAddress, path: string): string {
  const url = new globals.URL(path, address.base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (address.token !== null) url.searchParams.set("token", address.token);
  return url.href;
}
