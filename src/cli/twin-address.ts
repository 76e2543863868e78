import type { Config } from "../io/config/config-schema.ts";
import { fail } from "./fail.ts";

export type TwinAddressOptions = { url?: string; port?: number; token?: string };

/**
 * The address of a running twin as `http://…/`, with the token that opens it: of `--url` or `--port`, else of the
 * configuration, else the usual one.
 */
export function twinAddress(
  options: TwinAddressOptions,
  config: Config | null,
): { base: URL; token: string | null } {
  const { url, port } = options;
  if (url !== undefined && port !== undefined) fail("--url and --port: give one of them", 2);
  const text =
    url ??
    `${config?.server.tls === undefined ? "http" : "https"}://127.0.0.1:${port ?? config?.server.port ?? 8080}`;
  let base: URL;
  try {
    base = new URL(/^[a-z]+:\/\//i.test(text) ? text.replace(/^ws/i, "http") : `http://${text}`);
  } catch {
    fail(`--url: ${text} is no address; give one as http://127.0.0.1:8080`, 2);
  }
  if (!/^https?:$/.test(base.protocol)) fail(`--url: ${text} is no address of HTTP`, 2);
  const inUrl = base.searchParams.get("token") ?? new URLSearchParams(base.hash.slice(1)).get("token");
  const token = options.token ?? inUrl ?? process.env.TWIN_TOKEN ?? config?.server.token ?? null;
  base.search = "";
  base.hash = "";
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return { base, token };
}

/** The address of the running twin's `/ws/state`, token included. */
export function twinSocketUrl(options: TwinAddressOptions, config: Config | null): string {
  const { base, token } = twinAddress(options, config);
  const socket = new URL("ws/state", base);
  socket.protocol = base.protocol === "https:" ? "wss:" : "ws:";
  if (token !== null) socket.searchParams.set("token", token);
  return socket.href;
}
