import type { ClientCommandMessage } from "./command-messages.ts";

/** What a token permits; each role includes the ones before it. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** A token as it is known: never itself, only its SHA-256 in hex. `name` is what people see of whoever uses it. */
export type TokenEntry = { name: string; role: Role; sha256: string };

/** Who asks. `name` is that of the token; null: no named token was presented. */
export type Grant = { name: string | null; role: Role };

/** Whether `role` includes what `needed` may do. */
export function allows(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** The least role for each message of `/ws/command`. Anyone who may connect may stop. */
const roleOfOp: Record<ClientCommandMessage["op"], Role> = {
  ping: "viewer",
  stop: "viewer",
  presence: "viewer",
  acquire: "operator",
  renew: "operator",
  release: "operator",
  request: "operator",
  handOver: "operator",
  command: "operator",
  rehearse: "operator",
  plan: "operator",
  override: "operator",
  reset: "operator",
};

/** The least role for one message: taking a lease from somebody who holds it is for an admin. */
export function roleOfMessage(message: ClientCommandMessage): Role {
  if (message.op === "acquire" && message.force === true) return "admin";
  return roleOfOp[message.op];
}

/** HTTP routes that change nothing, or that everybody may use, though their method writes. */
const viewerRoutes: ReadonlySet<string> = new Set([
  "POST /api/stop",
  "POST /api/access",
  "POST /prometheus/api/v1/query",
  "POST /prometheus/api/v1/query_range",
  "POST /prometheus/api/v1/series",
  "POST /prometheus/api/v1/labels",
]);

/** The least role for an HTTP route, as the router names it: whoever writes must be an operator. */
export function roleOfRoute(method: string, route: string): Role {
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return "viewer";
  return viewerRoutes.has(`${method} ${route.replace(/\/$/, "")}`) ? "viewer" : "operator";
}

/** Why a grant is not enough for `needed`, for a person. */
export function forbiddenText({ name, role }: Grant, needed: Role): string {
  const who = name === null ? "this connection" : `the token "${name}"`;
  return `${who} has the role ${role}: this needs ${needed}`;
}
