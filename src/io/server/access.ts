import type { IncomingMessage } from "node:http";
import type { Grant } from "../../protocol/roles.ts";
import { openGrant, type TokenBook } from "./token-book.ts";

/** Who may talk to the server. */
export type AccessRules = {
  /** Bound to this machine only: the Host header must then name it, which defeats DNS rebinding. */
  loopbackOnly: boolean;
  /** What opens the interface, and as whom. */
  tokens: TokenBook;
  /** Pages of other origins that may connect, as `https://panel.example`. A kept Host may name them, too. */
  origins: readonly string[];
  /** Pages of these origins may show this one in a frame. */
  embed?: readonly string[];
  /** Where a reverse proxy shows this server, as `https://example.org/robot/`; null without one. */
  publicUrl: string | null;
};

export type Denial = { status: 401 | 403 | 429; reason: string };

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * What is asked for. `file`: scripts and styles of the page, which are public and given to pages of any origin, so that
 * a page behind a proxy that is not configured comes up and can say what is wrong. `page`: the page itself and health.
 * `interface`: everything else, the sockets among it.
 */
export type Asked = "file" | "page" | "interface";

/** As whom a request may pass, or why it may not. */
export type Admission = { ok: true; grant: Grant } | { ok: false; denial: Denial };

/**
 * Whether a request may pass: right host; but for files, an own or allowed origin; for the interface, a token where one
 * is asked for. What its role permits is for the caller to check.
 */
export function admit(request: IncomingMessage, rules: AccessRules, asked: Asked): Admission {
  const denial = denyOrigin(request, rules, asked);
  if (denial !== null) return { ok: false, denial };
  if (asked !== "interface") return { ok: true, grant: { ...openGrant, role: "viewer" } };
  const given = givenToken(request);
  const found = rules.tokens.find(given, clientAddress(request, rules));
  if (typeof found === "object") return { ok: true, grant: found };
  if (found === "wrong") return { ok: false, denial: { status: 401, reason: tokenFault(given) } };
  const reason = "too many wrong tokens came from this address: wait a minute";
  return { ok: false, denial: { status: 429, reason } };
}

/** Why a request may not pass; null when it may. */
export function denyRequest(request: IncomingMessage, rules: AccessRules, asked: Asked): Denial | null {
  const admission = admit(request, rules, asked);
  return admission.ok ? null : admission.denial;
}

function denyOrigin(request: IncomingMessage, rules: AccessRules, asked: Asked): Denial | null {
  const host = request.headers.host ?? "";
  const hostName = host.replace(/:\d+$/, "").toLowerCase();
  const allowed = allowedOrigins(rules);
  if (rules.loopbackOnly && !loopbackHosts.has(hostName) && !isLoopback(hostName)) {
    if (!allowed.some((address) => hostOf(address) === hostName)) {
      const shown = host.slice(0, 64);
      return {
        status: 403,
        reason:
          `this server listens on its own machine only, and "${shown}" is not that machine: ` +
          `behind a reverse proxy set server.publicUrl to the address of the page, as https://${shown || "robot.example"}/`,
      };
    }
  }
  if (asked === "file") return null;
  const { origin } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, host) && !allowed.some((one) => isOriginOf(origin, one))) {
    const shown = origin.slice(0, 128);
    return {
      status: 403,
      reason:
        `pages of "${shown}" may not connect: behind a reverse proxy set server.publicUrl to the address of the page, ` +
        `as ${shown}/; for a page of your own add "${shown}" to server.origins`,
    };
  }
  return null;
}

/** Whether pages of this origin may connect, though it is not this server's own. */
export function isAllowedOrigin(origin: string, rules: AccessRules): boolean {
  return allowedOrigins(rules).some((one) => isOriginOf(origin, one));
}

function allowedOrigins({ origins, publicUrl }: AccessRules): readonly string[] {
  return publicUrl === null ? origins : [...origins, publicUrl];
}

/** The name of a host in an address, without its port; null when it is no address. */
function hostOf(address: string): string | null {
  try {
    return new URL(address).hostname.toLowerCase();
  } catch {
    return null;
  }
}

function isOriginOf(origin: string, address: string): boolean {
  if (origin === address) return true;
  try {
    return new URL(address).origin === origin;
  } catch {
    return false;
  }
}

/** Who asks: behind a proxy on this machine the one whom the proxy names, else who holds the connection. */
export function clientAddress(request: IncomingMessage, rules: AccessRules): string {
  const peer = request.socket.remoteAddress ?? "somebody";
  if (rules.publicUrl === null || !isLoopback(peer.replace(/^::ffff:/, ""))) return peer;
  const named = String(request.headers["x-forwarded-for"] ?? "").split(",");
  return named[named.length - 1]?.trim().slice(0, 64) || peer;
}

/** The path below which a proxy shows this server, as `/robot`; empty at the top. */
export function publicPath(publicUrl: string | null): string {
  return publicUrl === null ? "" : new URL(publicUrl).pathname.replace(/\/+$/, "");
}

/** The address as this server knows it: a proxy that keeps its own path in front has it taken off. */
export function withoutPrefix(address: string, prefix: string): string {
  if (prefix === "" || !address.startsWith(prefix)) return address;
  const rest = address.slice(prefix.length);
  if (rest === "" || rest.startsWith("?")) return `/${rest}`;
  return rest.startsWith("/") ? rest : address;
}

/** What is wrong with a token, for a person with curl as for a page. */
function tokenFault(given: string): string {
  return given === ""
    ? "the token is missing: add the header `Authorization: Bearer TOKEN`, or ?token=TOKEN to the address; the part after # never reaches the server"
    : "the token is wrong; unless server.token is set, every start generates a new one and prints it";
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
