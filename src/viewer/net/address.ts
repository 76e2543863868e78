import type { ServerAddress } from "../../client/server-address.ts";

const tokenKey = "twinbridge.token";

/**
 * The server is the one the page came from, at the page's own folder (it may sit behind a proxy's path).
 * A token in the address (`#token=…` or `?token=…`) is kept for this tab only and taken out of the
 * address bar, so that it does not end in a bookmark, a screenshot or a log.
 */
export function readServerAddress(page: Location, storage: Storage, history: History): ServerAddress {
  const url = new URL(page.href);
  const inHash = new URLSearchParams(url.hash.replace(/^#/, ""));
  const given = inHash.get("token") ?? url.searchParams.get("token");
  if (given !== null) {
    storage.setItem(tokenKey, given);
    inHash.delete("token");
    url.searchParams.delete("token");
    url.hash = inHash.toString();
    history.replaceState(null, "", url);
  }
  return { base: new URL(".", url.origin + url.pathname).href, token: storage.getItem(tokenKey) };
}

/**
 * The address of a file that the URDF names, as `package://…`. The file's own address comes last, so that
 * a mesh reader can append a texture's name to the address of a folder.
 */
export function assetUrl(address: ServerAddress, uri: string): string {
  const url = new URL("api/assets", address.base);
  if (address.token !== null) url.searchParams.set("token", address.token);
  url.searchParams.set("uri", uri);
  return url.href;
}

/** A request to the server with the token where it belongs. Rejects when the server cannot be reached. */
export function ask(address: ServerAddress, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (address.token !== null) headers.set("Authorization", `Bearer ${address.token}`);
  return fetch(new URL(path, address.base), { ...init, headers });
}
