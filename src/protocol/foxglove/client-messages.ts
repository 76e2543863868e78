import { z } from "zod";
import { type Result, refused } from "../../core/result.ts";

/** An id as clients choose them: 32 bits, since binary frames carry no more. */
const id = z.number().int().min(0).max(0xffff_ffff);
const name = z.string().max(512);
const most = 4096;

/*
 * Fields that are not known are left out: newer clients add some. What the twin has no answer to (parameters, the graph of
 * connections) is read, so that its client gets a sentence about it.
 */
const clientMessage = z.discriminatedUnion("op", [
  z.object({
    op: z.literal("subscribe"),
    subscriptions: z.array(z.object({ id, channelId: id })).max(most),
  }),
  z.object({ op: z.literal("unsubscribe"), subscriptionIds: z.array(id).max(most) }),
  z.object({
    op: z.literal("advertise"),
    channels: z.array(z.object({ id, topic: name, encoding: name, schemaName: name })).max(256),
  }),
  z.object({ op: z.literal("unadvertise"), channelIds: z.array(id).max(256) }),
  z.object({ op: z.literal("fetchAsset"), uri: z.string().max(4096), requestId: id }),
  z.object({ op: z.literal("getParameters") }),
  z.object({ op: z.literal("setParameters") }),
  z.object({ op: z.literal("subscribeParameterUpdates") }),
  z.object({ op: z.literal("unsubscribeParameterUpdates") }),
  z.object({ op: z.literal("subscribeConnectionGraph") }),
  z.object({ op: z.literal("unsubscribeConnectionGraph") }),
]);
export type FoxgloveClientMessage = z.infer<typeof clientMessage>;

/** What a client wants to publish. */
export type ClientChannel = Extract<FoxgloveClientMessage, { op: "advertise" }>["channels"][number];

/** Reads the JSON text of a client. The reason names the field at fault. */
export function readClientMessage(text: string): Result<FoxgloveClientMessage> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refused("the message is not JSON");
  }
  const parsed = clientMessage.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join(".") ?? "";
  const reason = issue?.message ?? "wrong shape";
  return refused(path === "" ? reason : `${path}: ${reason}`, path);
}
