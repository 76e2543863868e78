import { isUtf8 } from "node:buffer";
import { type Result, refused } from "../../core/result.ts";
import type { Inbox } from "../../engine/ports/inbox.ts";
import type {
  DeviceCommand,
  DeviceMessage,
  DeviceProfile,
  OutgoingMessage,
  ProfileOutput,
} from "../../protocol/device-profile.ts";
import {
  extractMappedBytes,
  type Mapping,
  mappedAddress,
  topicMatches,
} from "../../protocol/mqtt-mapping.ts";

const maxDevices = 10_000;
const maxKeptTopics = 10_000;

/** A mapping that takes a topic, with what its open levels make of it. */
type Taker = { mapping: Mapping; robot: string; path: string };

/** UTF-8 by Node's own reader; null where the bytes are none. */
export function decodeText(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** From a message's topic and bytes to inputs of the engine: profiles and mappings. */
export class MqttIntake {
  /** Which profile a device speaks, the first that names it; and the device's name as a source. */
  private readonly owners = new Map<string, { profile: DeviceProfile; source: string }>();
  private readonly outputs = new Map<DeviceProfile, ProfileOutput>();
  private readonly takers = new Map<string, readonly Taker[]>();
  private received = 0;
  private retained = false;

  constructor(
    readonly profiles: readonly DeviceProfile[],
    private readonly mappings: readonly Mapping[],
    private readonly defaultRobot: string,
    private readonly inbox: Inbox,
    send: (message: OutgoingMessage) => void,
  ) {
    for (const profile of profiles) this.outputs.set(profile, this.outputOf(profile, send));
  }

  /** What is to be subscribed to. Where two want one filter, the higher QoS. */
  filters(): Record<string, { qos: 0 | 1 }> {
    const wanted = new Map<string, { qos: 0 | 1 }>();
    for (const { topic } of this.mappings) wanted.set(topic, { qos: 0 });
    for (const { subscriptions } of this.profiles) {
      for (const { topic, qos } of subscriptions) {
        if (wanted.get(topic)?.qos !== 1) wanted.set(topic, { qos });
      }
    }
    return Object.fromEntries(wanted);
  }

  connected(now: number): void {
    this.received = now;
    this.retained = false;
    for (const [profile, output] of this.outputs) profile.connected(now, output);
  }

  update(now: number): void {
    this.received = now;
    this.retained = false;
    for (const [profile, output] of this.outputs) profile.update(now, output);
  }

  take(topic: string, payload: Uint8Array, retained: boolean, now: number): void {
    this.received = now;
    this.retained = retained;
    this.inbox.tap?.({ kind: "mqtt", topic, payload, retained, received: now });
    for (const [profile, output] of this.outputs) {
      if (!profile.owns(topic)) continue;
      profile.take(topic, payload, retained, now, output);
      break;
    }
    if (this.mappings.length === 0) return;
    for (const taker of this.takersOf(topic)) this.takeMapped(taker, payload);
  }

  /** A publication that was too large to be taken. */
  leftOut(topic: string, bytes: number, now: number): void {
    const profile = this.profiles.find((one) => one.owns(topic));
    const taker = this.takersOf(topic)[0];
    const source =
      profile === undefined && taker !== undefined ? `mqtt:${taker.mapping.topic}` : "mqtt:devices";
    this.inbox.push(source, now, {
      kind: "rejected",
      reason: `${topic}: ${bytes} bytes are too many, or of a QoS that was not asked for`,
    });
  }

  encode(device: string, command: DeviceCommand, now: number): Result<OutgoingMessage> {
    const owner = this.owners.get(device);
    if (owner === undefined) return refused("not at this broker", device);
    return owner.profile.encode(device, command, now);
  }

  private outputOf(profile: DeviceProfile, send: (message: OutgoingMessage) => void): ProfileOutput {
    const reject = (reason: string): void =>
      this.inbox.push("mqtt:devices", this.received, { kind: "rejected", reason });
    return {
      message: (message: DeviceMessage) => {
        const { device } = message;
        // The name of the source of what no device can be named for.
        if (device === "devices") {
          reject('a device cannot be named "devices"');
          return;
        }
        let owner = this.owners.get(device);
        if (owner === undefined) {
          if (this.owners.size >= maxDevices) {
            reject(`${device}: more than ${maxDevices} devices`);
            return;
          }
          owner = { profile, source: `mqtt:${device}` };
          this.owners.set(device, owner);
        } else if (owner.profile !== profile) {
          reject(`${device}: a ${owner.profile.name} device has this name already`);
          return;
        }
        this.inbox.push(owner.source, this.received, {
          kind: "device",
          profile: profile.name,
          message,
          retained: this.retained,
          ...(profile.livesByStatus ? { livesByStatus: true } : {}),
        });
      },
      refused: (reason, path) => reject(`${path}: ${reason}`),
      note: (device, level, text) =>
        this.inbox.push(`mqtt:${device}`, this.received, { kind: "deviceNote", device, level, text }),
      send,
    };
  }

  private takersOf(topic: string): readonly Taker[] {
    const known = this.takers.get(topic);
    if (known !== undefined) return known;
    const takers = this.mappings
      .filter((mapping) => topicMatches(mapping.topic, topic))
      .map((mapping) => {
        const { robot = this.defaultRobot, property } = mappedAddress(mapping, topic);
        return { mapping, robot, path: property };
      });
    if (this.takers.size >= maxKeptTopics) this.takers.clear();
    this.takers.set(topic, takers);
    return takers;
  }

  private takeMapped({ mapping, robot, path }: Taker, payload: Uint8Array): void {
    const source = `mqtt:${mapping.topic}`;
    const value = extractMappedBytes(mapping, payload, decodeText);
    if (!value.ok) {
      const reason = `${value.path} ${value.reason}`.trim();
      this.inbox.push(source, this.received, { kind: "rejected", reason, once: true });
      return;
    }
    this.inbox.push(source, this.received, {
      kind: "mapped",
      robot,
      path,
      unit: mapping.unit,
      retained: this.retained,
      ...value.value,
    });
    const { leftOut } = value;
    if (leftOut !== undefined) this.inbox.push(source, this.received, { kind: "leftOut", reason: leftOut });
  }
}
