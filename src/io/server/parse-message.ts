import type { RawData } from "ws";
import type { z } from "zod";
import { type Result, refused } from "../../core/result.ts";

/** A client's message, checked. The reason names the field at fault. */
export function parseMessage<T>(schema: z.ZodType<T>, data: RawData, isBinary: boolean): Result<T> {
  if (isBinary) return refused("messages to the server are JSON text");
  let json: unknown;
  try {
    json = JSON.parse(data.toString());
  } catch {
    return refused("the message is not JSON");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join(".") ?? "";
  return refused(path === "" ? (issue?.message ?? "wrong shape") : `${path}: ${issue?.message}`, path);
}

/** The request number of a message whose shape is otherwise wrong, so that its sender can match the answer. */
export function requestId(data: RawData): string | number | undefined {
  try {
    const { id } = JSON.parse(data.toString()) as { id?: unknown };
    return typeof id === "string" || typeof id === "number" ? id : undefined;
  } catch {
    return undefined;
  }
}
