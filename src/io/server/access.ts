import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Who may talk to the server. */
export type AccessRules = {
  /** Bound to this machine only: the Host header must then name it, which defeats DNS rebinding. */
  loopbackOnly: boolean;
  token: string | null;
  /** Pages of other origins that may connect, as `https://panel.example`. */
  origins: readonly string[];
};

export type Denial = { status: 401 | 403; reason: string };

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Null when the request may pass: right host, own or allowed origin, and the token where one is set. */
export function denyRequest(
  request: IncomingMessage,
  rules: AccessRules,
  needsToken: boolean,
): Denial | null {
  const host = request.headers.host ?? "";
  const hostName = host.replace(/:\d+$/, "").toLowerCase();
  if (rules.loopbackOnly && !loopbackHosts.has(hostName) && !isLoopback(hostName)) {
    return { status: 403, reason: `host "${hostName.slice(0, 64)}" is not this machine` };
  }
  const origin = request.headers.origin;
  if (origin !== undefined && !isOwnOrigin(origin, host) && !rules.origins.includes(origin)) {
    return { status: 403, reason: `origin "${origin.slice(0, 128)}" is not allowed (server.origins)` };
  }
  if (needsToken && rules.token !== null && !matches(givenToken(request), rules.token)) {
    return { status: 401, reason: tokenFault(givenToken(request)) };
  }
  return null;
}

/** What is wrong with a token, for a person with curl as for a page. */
function tokenFault(given: string): string {
  return given === ""
    ? "the token is missing: add the header `Authorization: Bearer TOKEN`, or ?token=TOKEN to the address; what stands behind # never reaches the server"
    : "the token is wrong; unless server.token is set, each start makes another one and prints it";
}

function isOwnOrigin(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === new URL(`http://${host}`).host;
  } catch {
    return false;
  }
}

function givenToken(request: IncomingMessage): string {
  const header = request.headers.authorization;
  if (header?.startsWith("Bearer ")) return header.slice("Bearer ".length);
  return requestUrl(request)?.searchParams.get("token") ?? "";
}

/** The address a client asked for; null when it is none. */
export function requestUrl(request: IncomingMessage): URL | null {
  try {
    return new URL(request.url ?? "/", "http://twin.invalid");
  } catch {
    return null;
  }
}

function matches(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
