import { globals } from "./globals.ts";
import { isObject, isText } from "./message-checks.ts";
import type { HttpRequest, Platform } from "./platform.ts";
import type { ServerAddress } from "./server-address.ts";

export type ServerReply =
  | { ok: true; body: string }
  /** `status` is 0 and `code` `no_server` when no server answered. */
  | { ok: false; status: number; code: string; message: string };

const codes: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  413: "too_large",
};

/** One HTTP request, with the token in its header and the server's own reason for a refusal. Never rejects. */
export async function askServer(
  address: ServerAddress,
  platform: Platform,
  path: string,
  request: Omit<HttpRequest, "headers">,
): Promise<ServerReply> {
  const headers: Record<string, string> = {};
  if (address.token !== null) headers.Authorization = `Bearer ${address.token}`;
  if (request.body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const answer = await platform.fetch(new globals.URL(path, address.base).href, { ...request, headers });
    const body = await answer.text();
    if (answer.ok) return { ok: true, body };
    const code = codes[answer.status] ?? "http_error";
    return { ok: false, status: answer.status, code, message: reasonIn(body) ?? `HTTP ${answer.status}` };
  } catch (error) {
    return { ok: false, status: 0, code: "no_server", message: messageOf(error) };
  }
}

/** The server's refusals are `{"error": "…"}`. */
function reasonIn(body: string): string | null {
  const value = parsed(body);
  return isObject(value) && isText(value.error) ? value.error : null;
}

/** The value that `text` is in JSON; undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Node's `fetch` says "fetch failed" and keeps the reason in `cause`. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
