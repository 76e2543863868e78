import { z } from "zod";
import { type Result, refused } from "../core/result.ts";
import { decodeCbor } from "./cbor.ts";
import type {
  DeviceAck,
  DeviceBirth,
  DeviceCommand,
  DeviceLife,
  DeviceMessage,
  DeviceProfile,
  DeviceTelemetry,
  OutgoingMessage,
  ProfileOutput,
  SignalValue,
} from "./device-profile.ts";
import { decodeUtf8 } from "./utf8.ts";

/*
 * The native device profile, `twin/v1/<device>/…` (docs/devices.md). Payloads are UTF-8 JSON, or CBOR of the
 * same shape; a status is one word.
 */

const root = "twin/v1/";
/** A device's name is one topic level of plain characters: it becomes part of addresses and metrics. */
export const deviceName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const signalNamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const signalNameRule = "a signal's name is 1 to 64 of A-Z a-z 0-9 _ . -";
const statusIsTaken = '"status" is what the device itself is';
const maxPayloadBytes = 64 * 1024;
const maxTextLength = 1024;
const maxSignals = 256;
/** Topics and signal names that were judged before, so that telemetry is not matched against patterns each time. */
const maxKept = 20_000;

const uint32 = z.number().int().min(0).max(0xffff_ffff);
const signalName = z
  .string()
  .regex(signalNamePattern, signalNameRule)
  .refine((name) => name !== "status", statusIsTaken);

const deviceBirth: z.ZodType<DeviceBirth> = z.object({
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
        property: z.enum(["position", "velocity", "effort"]).optional(),
        writable: z.boolean().default(false),
        min: z.number().optional(),
        max: z.number().optional(),
      }),
    )
    .refine((signals) => Object.keys(signals).length <= maxSignals, `more than ${maxSignals} signals`),
});

const deviceAck: z.ZodType<DeviceAck> = z.object({
  id: z.string().max(128),
  ok: z.boolean(),
  reason: z.string().max(256).default(""),
  seq: uint32.optional(),
});

const lives: ReadonlyMap<string, DeviceLife> = new Map([
  ["online", "online"],
  ["offline", "offline"],
  ["sleeping", "sleeping"],
  ["lost", "lost"],
]);

type Leaf = "birth" | "status" | "telemetry" | "ack";
type Place = { device: string; leaf: Leaf };

/** Where a device listens for commands. */
export function commandTopic(device: string): string {
  return `${root}${device}/command`;
}

/** Devices that speak the project's own profile. Telemetry may be lost, births, states and answers may not. */
export class NativeProfile implements DeviceProfile {
  readonly name = "native";
  readonly livesByStatus = false;
  readonly subscriptions: readonly { topic: string; qos: 0 | 1 }[] = [
    { topic: `${root}+/birth`, qos: 1 },
    { topic: `${root}+/status`, qos: 1 },
    { topic: `${root}+/telemetry`, qos: 0 },
    { topic: `${root}+/ack`, qos: 1 },
  ];
  readonly will = null;
  private readonly places = new Map<string, Place>();
  private readonly signalNames = new Set<string>();

  /** `decodeText` reads UTF-8, null where it is none; a host with a quicker reader than ours passes it. */
  constructor(private readonly decodeText: (bytes: Uint8Array) => string | null = decodeUtf8) {}

  owns(topic: string): boolean {
    return topic.startsWith(root);
  }

  connected(): void {
    // Births and states are retained: the broker says them again.
  }

  take(topic: string, payload: Uint8Array, _retained: boolean, _now: number, output: ProfileOutput): void {
    const decoded = this.decode(topic, payload);
    if (!decoded.ok) {
      output.refused(decoded.reason, decoded.path);
      return;
    }
    output.message(decoded.value);
    if (decoded.leftOut !== undefined) output.refused(decoded.leftOut, topic);
  }

  update(): void {
    // Nothing waits for a time: the broker's last will tells who is gone.
  }

  encode(device: string, command: DeviceCommand): Result<OutgoingMessage> {
    const payload = JSON.stringify(command);
    return { ok: true, value: { topic: commandTopic(device), payload, qos: 0, retain: false } };
  }

  /** Judges one message. */
  decode(topic: string, payload: Uint8Array): Result<DeviceMessage> {
    const place = this.places.get(topic) ?? this.judgeTopic(topic);
    if ("ok" in place) return place;
    const { device, leaf } = place;
    if (payload.length > maxPayloadBytes) return refused(`${payload.length} bytes are too many`, topic);
    if (leaf === "status") {
      const life = lives.get(this.decodeText(payload) ?? "");
      if (life !== undefined) return { ok: true, value: { kind: "status", device, life } };
      return refused('a status is "online", "offline", "sleeping" or "lost"', topic);
    }
    const tree = this.treeOf(payload, topic);
    if (!tree.ok) return tree;
    switch (leaf) {
      case "birth":
        return checked(deviceBirth, tree.value, topic, (birth) => ({ kind: "birth", device, birth }));
      case "ack":
        return checked(deviceAck, tree.value, topic, (ack) => ({ kind: "ack", device, ack }));
      case "telemetry": {
        const telemetry = this.telemetryOf(tree.value, topic);
        if (!telemetry.ok) return telemetry;
        return { ...telemetry, value: { kind: "telemetry", device, telemetry: telemetry.value } };
      }
    }
  }

  private judgeTopic(topic: string): Place | Extract<Result<never>, { ok: false }> {
    const end = topic.indexOf("/", root.length);
    const device = end < 0 ? "" : topic.slice(root.length, end);
    if (!topic.startsWith(root) || !deviceName.test(device)) {
      return refused("a device's name is 1 to 64 of A-Z a-z 0-9 _ . -", topic.slice(0, 128));
    }
    const leaf = topic.slice(end + 1);
    if (leaf !== "birth" && leaf !== "status" && leaf !== "telemetry" && leaf !== "ack") {
      return refused("not a topic of the native profile", topic.slice(0, 128));
    }
    const place: Place = { device, leaf };
    if (this.places.size >= maxKept) this.places.clear();
    this.places.set(topic, place);
    return place;
  }

  /** JSON, or CBOR: a map of it begins with a byte that no JSON begins with. */
  private treeOf(payload: Uint8Array, topic: string): Result<unknown> {
    const first = payload[0] ?? 0;
    if (first >= 0xa0 && first <= 0xbf) {
      const tree = decodeCbor(payload);
      return tree.ok ? tree : refused(`not CBOR: ${tree.reason}`, `${topic} ${tree.path}`.trim());
    }
    const text = this.decodeText(payload);
    if (text === null) return refused("the payload is neither UTF-8 nor a map of CBOR", topic);
    try {
      return { ok: true, value: JSON.parse(text) };
    } catch (error) {
      return refused(`not JSON: ${error instanceof Error ? error.message : String(error)}`, topic);
    }
  }

  /** By hand, since it runs for every message: zod would cost several times what the rest does. */
  private telemetryOf(tree: unknown, topic: string): Result<DeviceTelemetry> {
    if (typeof tree !== "object" || tree === null) return refused("not an object", `${topic}: `);
    const { boot, n, t_us: us, signals } = tree as Record<string, unknown>;
    if (!isUint32(boot)) return refused("not a whole number of 32 bits", `${topic}: boot`);
    if (!isUint32(n)) return refused("not a whole number of 32 bits", `${topic}: n`);
    if (!Number.isSafeInteger(us) || (us as number) < 0)
      return refused("not a whole number of µs", `${topic}: t_us`);
    if (typeof signals !== "object" || signals === null || Array.isArray(signals)) {
      return refused("not an object", `${topic}: signals`);
    }
    const values = signals as Record<string, unknown>;
    let count = 0;
    let isWhole = true;
    for (const name in values) {
      if (++count > maxSignals) return refused(`more than ${maxSignals} signals`, `${topic}: signals`);
      if (this.unfit(name, values[name]) !== null) isWhole = false;
    }
    const micros = us as number;
    const sec = Math.floor(micros / 1e6);
    const stamp = { sec, nanosec: (micros - sec * 1e6) * 1000 };
    if (!isWhole) return this.partOf({ boot, n, stamp }, values);
    return { ok: true, value: { boot, n, stamp, signals: values as Record<string, SignalValue> } };
  }

  /** One signal without a value does not cost the others theirs. */
  private partOf(
    head: Pick<DeviceTelemetry, "boot" | "n" | "stamp">,
    values: Record<string, unknown>,
  ): Result<DeviceTelemetry> {
    const fit: [string, SignalValue][] = [];
    const bad: [string, string][] = [];
    const faults: string[] = [];
    for (const [name, value] of Object.entries(values)) {
      const unfit = this.unfit(name, value);
      if (unfit === null) fit.push([name, value as SignalValue]);
      else faults.push(`signals.${name.slice(0, 64)}: ${unfit}`);
      if (unfit !== null && this.signalNames.has(name)) bad.push([name, "not-measured"]);
    }
    const [first = "", ...more] = faults;
    const others = more.length === 0 ? "" : `, and ${more.length} more`;
    return {
      ok: true,
      value: { ...head, signals: Object.fromEntries(fit), bad: Object.fromEntries(bad) },
      leftOut: `${first}${others}. Left out; the other signals are taken.`,
    };
  }

  /** Why a signal cannot be taken; null when it can. */
  private unfit(name: string, value: unknown): string | null {
    if (!this.signalNames.has(name)) {
      if (!signalNamePattern.test(name)) return signalNameRule;
      if (name === "status") return statusIsTaken;
      if (this.signalNames.size >= maxKept) this.signalNames.clear();
      this.signalNames.add(name);
    }
    switch (typeof value) {
      case "number":
        return Number.isFinite(value) ? null : "not finite";
      case "boolean":
        return null;
      case "string":
        return value.length <= maxTextLength ? null : `more than ${maxTextLength} characters`;
      default:
        return "not a number, boolean or text";
    }
  }
}

function isUint32(value: unknown): value is number {
  return typeof value === "number" && value >>> 0 === value;
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
