import { askServer, parsed } from "./ask-server.ts";
import type { Platform } from "./platform.ts";
import type { ServerAddress } from "./server-address.ts";

/** `missing`: this server does not have that address. */
export type DocumentReply =
  | { ok: true; value: unknown }
  | { ok: false; missing: boolean; code: string; message: string };

/** One JSON document of the server, as `api/scene`: read, written or removed. Never rejects. */
export async function askDocument(
  address: ServerAddress,
  platform: Platform,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<DocumentReply> {
  const request = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const reply = await askServer(address, platform, path, request);
  if (!reply.ok) return { ...reply, missing: reply.code === "not_found" };
  if (reply.body.trim() === "") return { ok: true, value: null };
  const value = parsed(reply.body);
  if (value !== undefined) return { ok: true, value };
  const message = `the answer to ${path} is not JSON`;
  return { ok: false, missing: false, code: "bad_message", message };
}
