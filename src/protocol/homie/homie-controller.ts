import { type Result, refused } from "../../core/result.ts";
import { CommandEcho } from "../command-echo.ts";
import type { DeviceCommand, DeviceProfile, OutgoingMessage, ProfileOutput } from "../device-profile.ts";
import { decodeUtf8 } from "../utf8.ts";
import { homieId } from "./homie-description.ts";
import { HomieDevice, type HomieState, type SharedByHomie } from "./homie-device.ts";
import { homieEcho, homiePayload, homieValue } from "./homie-value.ts";

const maxDevices = 512;
const maxPayloadBytes = 256 * 1024;
const maxNoteChars = 1024;
const forgetUndescribedAfterMs = 60_000;
/** After a reconnect the broker says each retained state again within it, or has none. */
const stateAgainWithinMs = 10_000;

const states: ReadonlySet<string> = new Set(["init", "ready", "disconnected", "sleeping", "lost"]);
const levels: ReadonlyMap<string, "debug" | "info" | "warn" | "error"> = new Map([
  ["debug", "debug"],
  ["info", "info"],
  ["warn", "warn"],
  ["error", "error"],
  ["fatal", "error"],
]);

/** A controller of the Homie convention 5: each of its devices is a device of the twin. */
export class HomieController implements DeviceProfile {
  readonly name = "homie";
  readonly livesByStatus = true;
  readonly subscriptions: readonly { topic: string; qos: 0 | 1 }[];
  readonly will = null;
  private readonly root: string;
  private readonly devices = new Map<string, HomieDevice>();
  private readonly shared: SharedByHomie = { echo: new CommandEcho(), births: 0 };
  /** Devices whose state was not said since the last connection, and until when it may be. */
  private readonly unconfirmed = new Set<string>();
  private confirmedUntil = 0;

  /** `domain` is the first level of the convention's topics, or several. */
  constructor({ domain = "homie" }: { domain?: string } = {}) {
    this.root = `${domain}/5/`;
    const below = ["+/$state", "+/$description", "+/+/+", "+/+/+/$target"];
    this.subscriptions = below.map((rest) => ({ topic: `${this.root}${rest}`, qos: 1 }));
  }

  owns(topic: string): boolean {
    return topic.startsWith(this.root);
  }

  /** The broker hands out every retained state, description and value again, if it still has them. */
  connected(now: number): void {
    for (const [id, { state }] of this.devices) if (state !== null) this.unconfirmed.add(id);
    this.confirmedUntil = now + stateAgainWithinMs;
  }

  take(topic: string, payload: Uint8Array, retained: boolean, now: number, output: ProfileOutput): void {
    const shown = topic.slice(0, 256);
    const [id = "", ...levelsBelow] = topic.slice(this.root.length).split("/");
    // $broadcast and the like are no devices.
    if (id.startsWith("$")) return;
    if (!homieId.test(id)) {
      output.refused("not a Homie id", shown);
      return;
    }
    if (payload.length > maxPayloadBytes) {
      output.refused(`${payload.length} bytes are too many`, shown);
      return;
    }
    const text = decodeUtf8(payload);
    if (text === null) {
      output.refused("not UTF-8", shown);
      return;
    }
    const device = this.deviceOf(id, now);
    if (device === null) output.refused(`more than ${maxDevices} devices`, shown);
    else this.takeOf(device, levelsBelow, text, retained, output);
  }

  update(now: number, output: ProfileOutput): void {
    if (this.unconfirmed.size === 0 || now < this.confirmedUntil) return;
    const gone = [...this.unconfirmed];
    this.unconfirmed.clear();
    for (const id of gone) {
      const device = this.devices.get(id);
      if (device === undefined) continue;
      device.state = "lost";
      this.settleLives(device, output);
    }
  }

  /** A `/set` is never retained, and sent once: a late one is worse than none. */
  encode(id: string, command: DeviceCommand, now: number): Result<OutgoingMessage> {
    const description = this.devices.get(id)?.description;
    if (description == null) return refused("no device with a description", id);
    const [entry, ...more] = Object.entries(command.signals);
    if (entry === undefined || more.length > 0) return refused("one signal a command", id);
    const [signal, value] = entry;
    const property = description.properties.get(signal);
    if (property === undefined) return refused("no such signal", signal);
    if (!property.isSettable) return refused("not settable", signal);
    const payload = homiePayload(property.type, value);
    if (!payload.ok) return refused(payload.reason, signal);
    const reported = homieValue(property.type, payload.value);
    if (!reported.ok) return reported;
    this.shared.echo.sent(id, command.id, new Map([[signal, homieEcho(property.type, reported.value)]]), now);
    const topic = `${this.root}${id}/${signal}/set`;
    return { ok: true, value: { topic, payload: payload.value, qos: 0, retain: false } };
  }

  private takeOf(
    device: HomieDevice,
    [first = "", second, third, ...rest]: readonly string[],
    text: string,
    retained: boolean,
    output: ProfileOutput,
  ): void {
    const path = `${device.id}/${first.slice(0, 64)}`;
    if (first === "$state" && second === undefined) {
      this.takeState(device, text, output);
    } else if (first === "$description" && second === undefined) {
      device.takeDescription(text, output);
      this.settleLives(device, output);
    } else if (first === "$alert" && second !== undefined && third === undefined) {
      const line = text === "" ? `alert ${second} is over` : `alert ${second}: ${text}`;
      output.note?.(device.id, text === "" ? "info" : "warn", line.slice(0, maxNoteChars));
    } else if (first === "$log" && second !== undefined && third === undefined) {
      const level = levels.get(second);
      if (level === undefined) output.refused("no level of a log", `${path}/${second.slice(0, 64)}`);
      else if (!retained && text !== "") output.note?.(device.id, level, text.slice(0, maxNoteChars));
    } else if (second !== undefined && homieId.test(first) && homieId.test(second) && third === undefined) {
      device.takeValue(`${first}/${second}`, text, retained, output);
    } else if (second !== undefined && third === "$target" && rest.length === 0) {
      if (!retained) device.takeTarget(`${first}/${second}`, text, output);
    } else output.refused("not a topic of Homie 5", path);
  }

  private takeState(device: HomieDevice, text: string, output: ProfileOutput): void {
    if (text !== "" && !states.has(text)) {
      output.refused(`${JSON.stringify(text.slice(0, 64))} is not a state`, `${device.id}/$state`);
      return;
    }
    this.unconfirmed.delete(device.id);
    device.state = text === "" ? null : (text as HomieState);
    this.settleLives(device, output);
  }

  /** Its own life, and that of the devices that live by its connection. */
  private settleLives(device: HomieDevice, output: ProfileOutput): void {
    for (const other of this.devices.values()) {
      const root = other.description?.root ?? null;
      if (other !== device && root !== device.id) continue;
      other.settleLife(
        root === null || root === other.id ? null : (this.devices.get(root)?.state ?? null),
        output,
      );
    }
  }

  private deviceOf(id: string, now: number): HomieDevice | null {
    const known = this.devices.get(id);
    if (known !== undefined) {
      known.heard = now;
      return known;
    }
    if (this.devices.size >= maxDevices) {
      for (const [other, { description, heard }] of this.devices) {
        if (description === null && now - heard > forgetUndescribedAfterMs) this.devices.delete(other);
      }
      if (this.devices.size >= maxDevices) return null;
    }
    const device = new HomieDevice(id, this.shared, now);
    this.devices.set(id, device);
    return device;
  }
}
