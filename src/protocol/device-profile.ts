import type { DeviceId, JointName, RobotId } from "../core/names.ts";
import type { Result } from "../core/result.ts";
import type { Stamp } from "../core/stamp.ts";

/** A signal's value. 64-bit whole numbers are decimal text, as ProtoJSON has them, so that none is rounded. */
export type SignalValue = number | boolean | string;

/** What a device says of one of its signals. */
export type DeviceSignal = {
  unit: string;
  type: "number" | "boolean" | "string";
  link?: string | undefined;
  joint?: JointName | undefined;
  /** Which state of `joint` it measures; of a writable signal: which it sets. */
  property?: "position" | "velocity" | "effort" | undefined;
  writable: boolean;
  min?: number | undefined;
  max?: number | undefined;
};

/** What a device says of itself when it comes up. `link` or `joint` say where it sits, for all signals or for one. */
export type DeviceBirth = {
  firmware: string;
  /** Differs at each start of the device, or of its session where the profile has no more. */
  boot: number;
  robot?: RobotId | undefined;
  link?: string | undefined;
  joint?: JointName | undefined;
  signals: Record<string, DeviceSignal>;
};

/** Values of one moment. `n` counts a boot's telemetry from 0. */
export type DeviceTelemetry = {
  boot: number;
  n: number;
  /** The sender's time; absent where it gave none. */
  stamp: Stamp | null;
  signals: Record<string, SignalValue>;
  /** Signals that have no good value now, by the device's own word, and why: they keep their last number. */
  bad?: Record<string, string>;
  /** Whether they stood retained at the broker; where absent, as the message that was taken. */
  retained?: boolean;
  /** Values of the past that the device kept back: they go into the history, never into the present. */
  historical?: boolean;
};

/** Whether the device is there: it said goodbye (offline), sleeps by intent, or vanished (lost). */
export type DeviceLife = "online" | "offline" | "sleeping" | "lost";

/** `seq` is the newest number the device took, where it says so of a replay: the next command goes beyond it. */
export type DeviceAck = { id: string; ok: boolean; reason: string; seq?: number | undefined };

/** What a device said, whatever profile it speaks. */
export type DeviceMessage =
  | { kind: "birth"; device: DeviceId; birth: DeviceBirth }
  | { kind: "status"; device: DeviceId; life: DeviceLife }
  | { kind: "telemetry"; device: DeviceId; telemetry: DeviceTelemetry }
  | { kind: "ack"; device: DeviceId; ack: DeviceAck };

/** To a device; never retained. `ref` is the newest telemetry number seen, so that it can judge the age itself. */
export type DeviceCommand = {
  id: string;
  seq: number;
  ref: number;
  ttl_ms: number;
  signals: Record<string, SignalValue>;
};

/** One MQTT message to be published. */
export type OutgoingMessage = {
  topic: string;
  payload: string | Uint8Array;
  qos: 0 | 1;
  retain: boolean;
};

/** Where a profile puts what it made of a message. */
export interface ProfileOutput {
  message(message: DeviceMessage): void;
  /** The message, or a part of it, was refused; `path` names topic and field. */
  refused(reason: string, path: string): void;
  /** A line for people that a device wrote: an alert of its own, its log. */
  note?(device: DeviceId, level: "debug" | "info" | "warn" | "error", text: string): void;
  /** Something must be said back: a rebirth asked for, an acknowledgement. */
  send(message: OutgoingMessage): void;
}

/**
 * One way in which devices speak MQTT. Holds what its sessions need (alias tables, sequences) and no
 * clock and no socket: `now` is server ms.
 */
export interface DeviceProfile {
  readonly name: string;
  /** Whether a device lives by what its status says alone; else its values show it, too. */
  readonly livesByStatus: boolean;
  readonly subscriptions: readonly { topic: string; qos: 0 | 1 }[];
  /** What the broker is to say for us when we vanish. */
  readonly will: OutgoingMessage | null;
  /** Whether `topic` belongs to this profile. */
  owns(topic: string): boolean;
  /** The connection to the broker is up, with the subscriptions granted. */
  connected(now: number, output: ProfileOutput): void;
  /** Judges one message of a topic it owns. */
  take(topic: string, payload: Uint8Array, retained: boolean, now: number, output: ProfileOutput): void;
  /** Called some ten times a second: what waits for a time is judged here. */
  update(now: number, output: ProfileOutput): void;
  /** The message that carries a command, or why `device` cannot be sent it. */
  encode(device: DeviceId, command: DeviceCommand, now: number): Result<OutgoingMessage>;
}
