import { z } from "zod";
import { type Result, refused } from "../core/result.ts";

/*
 * The native device profile, `twin/v1/<device>/…` (docs/devices.md). Payloads are UTF-8 JSON.
 */

const root = "twin/v1/";
/** A device's name is one topic level of plain characters: it becomes part of addresses and metrics. */
export const deviceName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const signalName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "a signal's name is 1 to 64 of A-Z a-z 0-9 _ . -")
  .refine((name) => name !== "status", '"status" is what the device itself is');
const maxPayloadChars = 64 * 1024;

const uint32 = z.number().int().min(0).max(0xffff_ffff);
const signalValue = z.union([z.number(), z.boolean(), z.string().max(1024)]);

/** What a device says of itself when it comes up. `link` or `joint` say where it sits, for all signals or for one. */
export const deviceBirth = z.object({
  firmware: z.string().max(128).default(""),
  boot: uint32,
  robot: z.string().max(64).optional(),
  link: z.string().max(256).optional(),
  joint: z.string().max(256).optional(),
  signals: z
    .record(
      signalName,
      z.object({
        unit: z.string().max(32).default(""),
        type: z.enum(["number", "boolean", "string"]).default("number"),
        link: z.string().max(256).optional(),
        joint: z.string().max(256).optional(),
        writable: z.boolean().default(false),
        min: z.number().optional(),
        max: z.number().optional(),
      }),
    )
    .refine((signals) => Object.keys(signals).length <= 256, "more than 256 signals"),
});
export type DeviceBirth = z.infer<typeof deviceBirth>;

/** `n` counts a boot's telemetry from 0, `t_us` is the device's own clock in µs. */
export const deviceTelemetry = z.object({
  boot: uint32,
  n: uint32,
  t_us: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  signals: z.record(signalName, signalValue),
});
export type DeviceTelemetry = z.infer<typeof deviceTelemetry>;

export const deviceAck = z.object({
  id: z.string().max(128),
  ok: z.boolean(),
  reason: z.string().max(256).default(""),
});
export type DeviceAck = z.infer<typeof deviceAck>;

/** To a device; never retained. `ref` is the newest telemetry number seen, so that it can judge the age itself. */
export type DeviceCommand = {
  id: string;
  seq: number;
  ref: number;
  ttl_ms: number;
  signals: Record<string, number | boolean | string>;
};

export type DeviceMessage =
  | { kind: "birth"; device: string; birth: DeviceBirth }
  | { kind: "status"; device: string; online: boolean }
  | { kind: "telemetry"; device: string; telemetry: DeviceTelemetry }
  | { kind: "ack"; device: string; ack: DeviceAck };

/** Topics to subscribe to, with their QoS: telemetry may be lost, births, states and answers may not. */
export const nativeSubscriptions: readonly { topic: string; qos: 0 | 1 }[] = [
  { topic: `${root}+/birth`, qos: 1 },
  { topic: `${root}+/status`, qos: 1 },
  { topic: `${root}+/telemetry`, qos: 0 },
  { topic: `${root}+/ack`, qos: 1 },
];

/** Where a device listens for commands. */
export function commandTopic(device: string): string {
  return `${root}${device}/command`;
}

/** The device named in a topic of the profile, or null for any other topic. */
export function deviceOfTopic(topic: string): string | null {
  if (!topic.startsWith(root)) return null;
  const end = topic.indexOf("/", root.length);
  return end < 0 ? null : topic.slice(root.length, end);
}

/** Judges one message. `text` is the payload as UTF-8, null when it is none. */
export function decodeDeviceMessage(topic: string, text: string | null): Result<DeviceMessage> {
  const device = deviceOfTopic(topic);
  if (device === null || !deviceName.test(device)) {
    return refused("a device's name is 1 to 64 of A-Z a-z 0-9 _ . -", topic.slice(0, 128));
  }
  if (text === null) return refused("the payload is not UTF-8", topic);
  if (text.length > maxPayloadChars) return refused(`${text.length} characters are too many`, topic);
  const leaf = topic.slice(root.length + device.length + 1);
  if (leaf === "status") {
    if (text === "online" || text === "offline") {
      return { ok: true, value: { kind: "status", device, online: text === "online" } };
    }
    return refused('a status is "online" or "offline"', topic);
  }
  const json = parseJson(text, topic);
  if (!json.ok) return json;
  switch (leaf) {
    case "birth":
      return checked(deviceBirth, json.value, topic, (birth) => ({ kind: "birth", device, birth }));
    case "telemetry":
      return checked(deviceTelemetry, json.value, topic, (telemetry) => ({
        kind: "telemetry",
        device,
        telemetry,
      }));
    case "ack":
      return checked(deviceAck, json.value, topic, (ack) => ({ kind: "ack", device, ack }));
    default:
      return refused("no topic of the native profile", topic);
  }
}

function parseJson(text: string, topic: string): Result<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return refused(`not JSON: ${error instanceof Error ? error.message : String(error)}`, topic);
  }
}

function checked<T>(
  schema: z.ZodType<T>,
  json: unknown,
  topic: string,
  wrap: (value: T) => DeviceMessage,
): Result<DeviceMessage> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: wrap(parsed.data) };
  const issue = parsed.error.issues[0];
  const reason = issue?.code === "invalid_key" ? issue.issues[0]?.message : issue?.message;
  return refused(reason ?? "wrong shape", `${topic}: ${issue?.path.map(String).join(".") ?? ""}`);
}
