import type { CommandRef, GateOutput } from "../command/gate-output.ts";
import type { MotionCommand } from "../command/motion-command.ts";
import type { Objection } from "../command/validate-motion.ts";
import type {
  DeviceBirth,
  DeviceCommand,
  DeviceMessage,
  DeviceTelemetry,
} from "../protocol/native-profile.ts";
import type { TwinGraph } from "../twin/graph.ts";
import type { Property } from "../twin/property.ts";
import { createSample, type Sample } from "../twin/sample.ts";
import type { Source } from "../twin/source.ts";
import type { Thing } from "../twin/thing.ts";
import type { Applied } from "./joint-registers.ts";
import type { DeviceSink } from "./ports.ts";

const ackWithinMs = 2000;
/** Signals beyond it are refused: a device that makes up names must not eat the memory. */
const maxSignals = 512;
const fine: Applied = { accepted: true, reason: "" };
const late: Applied = { accepted: false, reason: "" };
const tooManySignals: Applied = {
  accepted: false,
  reason: `more than ${maxSignals} signals, or more than the devices may have together`,
};

type Waiting = { ref: CommandRef; deadline: number };

/** One device of the native profile in the graph: its life, its signals, the commands it has not answered. */
export class DeviceTwin {
  private readonly thing: Thing;
  private readonly pastBoots = new Set<number>();
  private boot = -1;
  private newest = -1;
  private seq: number;
  private birth: DeviceBirth | null = null;
  private online = false;
  private readonly waiting = new Map<string, Waiting>();
  /** Where its signals are shown beside its own thing. */
  private shared: { thing: string; property: Property }[] = [];
  private readonly life = createSample();

  /** `now` (server ms) seeds the command numbers, so that they rise over restarts of this program too. */
  constructor(
    private readonly graph: TwinGraph,
    readonly id: string,
    private readonly source: Source,
    private readonly defaultRobot: string,
    /** How many signals more all devices together may have; shared by them. */
    private readonly room: { signals: number },
    now: number,
  ) {
    this.thing = graph.define(`device/${id}`, "device", { profile: "native" });
    this.seq = Math.floor(now / 125) % 0x8000_0000;
    this.life.source = graph.source(`mqtt:${id}/status`).index;
  }

  /** `sample` holds source and arrival; its epoch and sequence are set here. Says what happened in `event`. */
  take(
    message: DeviceMessage,
    retained: boolean,
    sample: Sample,
    event: (kind: string, text: string) => void,
    output: GateOutput,
  ): Applied {
    switch (message.kind) {
      case "birth":
        // A broker hands the same birth out at every connection: it changes nothing.
        if (JSON.stringify(message.birth) === JSON.stringify(this.birth)) return fine;
        return this.takeBirth(message.birth, sample.received, (kind, text) =>
          event(kind, retained ? text.replace(" booted ", " is known ") : text),
        );
      case "status":
        this.takeStatus(message.online, sample.received, event);
        return fine;
      case "telemetry":
        return this.takeTelemetry(message.telemetry, retained, sample);
      case "ack": {
        const waiting = this.waiting.get(message.ack.id);
        if (waiting === undefined || retained) return late;
        this.waiting.delete(message.ack.id);
        if (message.ack.ok) output.result(waiting.ref, "done", "ok", "the device took it");
        else output.result(waiting.ref, "aborted", "device_refused", message.ack.reason);
        return fine;
      }
    }
  }

  /** Sends a value on, or says why not. */
  command(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "device" }>,
    ttlMs: number,
    now: number,
    sink: DeviceSink,
  ): Objection | null {
    const known = this.birth?.signals ?? {};
    const signal = Object.hasOwn(known, command.signal) ? known[command.signal] : undefined;
    if (signal === undefined) {
      return { code: "unknown_signal", message: `${this.id} has no signal "${command.signal}"` };
    }
    if (!signal.writable) return { code: "read_only", message: `${command.signal} is not writable` };
    if (typeof command.value !== signal.type) {
      return { code: "wrong_type", message: `${command.signal} takes a ${signal.type}` };
    }
    if (typeof command.value === "number") {
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = signal;
      if (!(command.value >= min && command.value <= max)) {
        return { code: "outside_limits", message: `${command.value} is outside ${min} … ${max}` };
      }
    }
    if (!this.online) return { code: "device_offline", message: `${this.id} is offline` };
    if (this.newest < 0) return { code: "stale_state", message: `${this.id} has sent no telemetry yet` };
    this.seq = (this.seq + 1) % 0x1_0000_0000;
    const id = `${ref.session}:${this.seq}`;
    const wire: DeviceCommand = {
      id,
      seq: this.seq,
      ref: this.newest,
      ttl_ms: Math.max(1, Math.round(ttlMs)),
      signals: { [command.signal]: command.value },
    };
    if (!sink.send(this.id, wire)) return { code: "no_broker", message: "the broker is not connected" };
    this.waiting.set(id, { ref, deadline: now + ackWithinMs });
    return null;
  }

  /** Ends what was not answered in time. */
  update(now: number, output: GateOutput): void {
    for (const [id, { ref, deadline }] of this.waiting) {
      if (now < deadline) continue;
      this.waiting.delete(id);
      output.result(ref, "aborted", "no_answer", `${this.id} did not answer in ${ackWithinMs / 1000} s`);
    }
  }

  private takeBirth(birth: DeviceBirth, now: number, event: (kind: string, text: string) => void): Applied {
    if (birth.boot !== this.boot) this.startBoot(birth.boot);
    this.birth = birth;
    const robot = birth.robot ?? this.defaultRobot;
    this.thing.definition = {
      profile: "native",
      firmware: birth.firmware,
      boot: birth.boot,
      signals: birth.signals,
    };
    this.unshare();
    this.thing.relationships = [];
    const seat = this.seatOf(robot, birth);
    if (seat !== null) this.relate("mountedOn", seat);
    for (const [name, signal] of Object.entries(birth.signals)) {
      this.dropIfRetyped(name, signal.type === "number");
      const property = this.signalProperty(name, signal.type === "number");
      if (property === null) return tooManySignals;
      property.unit = signal.unit;
      const measured = this.seatOf(robot, signal) ?? seat;
      const target = measured === null ? undefined : this.graph.things.get(measured);
      if (target === undefined) continue;
      this.graph.share(property, target);
      this.shared.push({ thing: target.id, property });
      this.relate(signal.writable ? "controls" : "measures", target.id);
    }
    this.graph.definitionChanged();
    this.setStatus(this.online, now);
    event("device.birth", `${this.id} booted (firmware ${birth.firmware || "unnamed"}, boot ${birth.boot})`);
    return fine;
  }

  private relate(name: string, target: string): void {
    const { relationships } = this.thing;
    if (relationships.some((r) => r.name === name && r.target === target)) return;
    relationships.push({ name, target });
  }

  private unshare(): void {
    for (const { thing, property } of this.shared) {
      const target = this.graph.things.get(thing);
      if (target?.properties.get(property.path) === property) this.graph.drop(target, property.path);
    }
    this.shared = [];
  }

  private seatOf(
    robot: string,
    place: { link?: string | undefined; joint?: string | undefined },
  ): string | null {
    if (place.joint !== undefined) return `${robot}/joint/${place.joint}`;
    if (place.link !== undefined) return `${robot}/link/${place.link}`;
    return null;
  }

  /** Signals find their link again after the robot's description came or changed. */
  reseat(now: number): void {
    if (this.birth !== null) this.takeBirth(this.birth, now, () => undefined);
  }

  private takeStatus(online: boolean, now: number, event: (kind: string, text: string) => void): void {
    const changed = online !== this.online;
    this.online = online;
    this.setStatus(online, now);
    if (!online) this.graph.lose(this.source, "no-communication");
    if (changed)
      event(online ? "device.online" : "device.offline", `${this.id} is ${online ? "online" : "offline"}`);
  }

  private setStatus(online: boolean, now: number): void {
    const status = this.graph.property(this.thing, this.pathOf("status"), "other", "");
    this.life.received = now;
    this.graph.setOther(this.graph.row(status, "reported"), online ? "online" : "offline", this.life);
  }

  private takeTelemetry(telemetry: DeviceTelemetry, retained: boolean, sample: Sample): Applied {
    if (telemetry.boot !== this.boot) {
      // A kept message of another boot is an old one: only the device itself starts a boot.
      if (this.pastBoots.has(telemetry.boot) || (retained && this.boot >= 0)) return late;
      this.startBoot(telemetry.boot);
    }
    sample.epoch = this.source.epoch;
    sample.sequence = telemetry.n;
    sample.hasStamp = true;
    sample.stampSec = Math.floor(telemetry.t_us / 1e6);
    sample.stampNanosec = Math.floor(telemetry.t_us % 1e6) * 1000;
    let taken = false;
    for (const [name, value] of Object.entries(telemetry.signals)) {
      const property = this.signalProperty(name, typeof value === "number");
      if (property === null) return tooManySignals;
      const row = this.graph.row(property, "reported");
      if ((property.kind === "number") !== (typeof value === "number")) {
        return { accepted: false, reason: `signal ${name} changed its type to ${typeof value}` };
      }
      const done =
        typeof value === "number"
          ? this.graph.setNumber(row, value, sample)
          : this.graph.setOther(row, value, sample);
      if (done && retained) this.graph.setQuality(row, "uncertain", "initial");
      taken = done || taken;
    }
    if (taken) this.newest = telemetry.n;
    return { accepted: taken || Object.keys(telemetry.signals).length === 0, reason: "" };
  }

  private startBoot(boot: number): void {
    if (this.boot >= 0) this.pastBoots.add(this.boot);
    if (this.pastBoots.size > 64) this.pastBoots.delete(this.pastBoots.values().next().value as number);
    this.pastBoots.delete(boot);
    this.boot = boot;
    this.newest = -1;
    this.source.epoch++;
  }

  /** The property of a signal, made when it is new; null when it would be one too many. */
  private signalProperty(name: string, isNumber: boolean): Property | null {
    const path = this.pathOf(name);
    const { properties } = this.thing;
    if (!properties.has(path)) {
      if (properties.size >= maxSignals || this.room.signals <= 0) return null;
      this.room.signals--;
    }
    return this.graph.property(this.thing, path, isNumber ? "number" : "other", "");
  }

  /** New firmware may give a signal another type: then its past goes. */
  private dropIfRetyped(name: string, isNumber: boolean): void {
    const known = this.thing.properties.get(this.pathOf(name));
    if (known !== undefined && (known.kind === "number") !== isNumber) {
      this.graph.drop(this.thing, this.pathOf(name));
      this.room.signals++;
    }
  }

  private pathOf(signal: string): string {
    return `device/${this.id}/${signal}`;
  }
}
