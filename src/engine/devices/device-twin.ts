import type { CommandRef, GateOutput } from "../../command/gate-output.ts";
import type { MotionCommand } from "../../command/motion-command.ts";
import type { Objection } from "../../command/validate-motion.ts";
import type {
  DeviceBirth,
  DeviceCommand,
  DeviceLife,
  DeviceMessage,
  DeviceTelemetry,
  SignalValue,
} from "../../protocol/device-profile.ts";
import { createSample, type Sample } from "../../twin/sample.ts";
import type { Source } from "../../twin/source.ts";
import type { Thing } from "../../twin/thing.ts";
import type { Applied } from "../../twin/verdict.ts";
import { EventLimit } from "../ports/event-limit.ts";
import type { Outbox } from "../ports/outputs.ts";
import { DeviceBoots } from "./device-boots.ts";
import { type DeviceAnswer, DeviceCommands, objectionIn } from "./device-commands.ts";
import { DeviceSignals, type JointDrive } from "./device-signals.ts";
import type { SignalOptions } from "./signal-options.ts";
import { objectToValue } from "./signal-value.ts";

const seatEachMs = 200;
const fine: Applied = { verdict: "taken", reason: "" };
const late: Applied = { verdict: "late", reason: "" };

/** What a device tells the fleet around it. */
export interface DeviceListener {
  event(severity: "info" | "warning", kind: string, text: string): void;
  /** What it drives, or whether it can be reached, has changed. */
  drivesChanged(device: DeviceTwin): void;
  /** It is gone: what it had of joints is free. */
  gone(device: DeviceTwin): void;
  /** `seatAgain` is to be called soon. */
  wantsSeat(device: DeviceTwin): void;
}

/** What a device gets from the fleet that it is in; `now` is server ms. */
export type DeviceOptions = SignalOptions & {
  profile: string;
  /** Whether its values are no sign that it lives. */
  livesByStatus: boolean;
  source: Source;
  now: number;
  listener: DeviceListener;
};

/** One device in the graph: its life, its boots, its signals, the commands it has not answered. */
export class DeviceTwin {
  readonly id: string;
  private readonly thing: Thing;
  private readonly signals: DeviceSignals;
  private readonly boots = new DeviceBoots();
  private newest = -1;
  private birth: DeviceBirth | null = null;
  private life: DeviceLife = "offline";
  private isLifeKnown = false;
  /** The connection to its broker was lost, and nothing came of it since. */
  private isCut = false;
  /** Another at each boot, and whenever its signals or their places are others. */
  session = 0;
  private seatedAt = Number.NEGATIVE_INFINITY;
  private readonly lifeEvents = new EventLimit(10, 5000);
  private statusRow = -1;
  readonly commands: DeviceCommands;
  private readonly statusSample = createSample();

  constructor(private readonly of: DeviceOptions) {
    const { graph, id, profile } = of;
    this.id = id;
    this.thing = graph.define(`device/${id}`, "device", { profile });
    this.signals = new DeviceSignals(this.thing, of);
    this.commands = new DeviceCommands(id, of.now);
    this.statusSample.source = graph.source(`device:${id}`).index;
  }

  get drives(): readonly JointDrive[] {
    return this.signals.drives;
  }

  get isOnline(): boolean {
    return this.life === "online";
  }

  /** Whether another device has a joint that this one says it has. */
  get hasConflict(): boolean {
    return this.signals.hasConflict;
  }

  /** Whose lease its commands need. */
  get robot(): string {
    return this.birth?.robot ?? this.of.defaultRobot;
  }

  /** By its own word: what a broker keeps of a device that never spoke is none. */
  private get lives(): boolean {
    return this.isLifeKnown && (this.life === "online" || this.life === "sleeping");
  }

  /** `sample` holds source and arrival; its epoch, number and stamp are set here. */
  take(message: DeviceMessage, retained: boolean, sample: Sample): Applied {
    this.isCut = false;
    switch (message.kind) {
      case "birth":
        return this.takeBirth(message.birth, retained, sample.received);
      case "status":
        this.takeLife(message.life, sample.received);
        return fine;
      case "telemetry":
        return this.takeTelemetry(message.telemetry, message.telemetry.retained ?? retained, sample);
      case "ack":
        return retained || !this.commands.take(message.ack) ? late : fine;
    }
  }

  /** Hands on what a client wants of it, or says why not. */
  command(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "device" }>,
    ttlMs: number,
    now: number,
    out: Outbox,
    output: GateOutput,
  ): Objection | null {
    const { signal, value } = command;
    const objection = objectToValue(this.id, this.birth, signal, value);
    if (objection !== null) return objection;
    return this.send(signal, value, ttlMs, ref.session, now, out, (answer) => {
      const objection = objectionIn(this.id, answer);
      if (objection === null)
        output.result(ref, { stage: "done", code: "ok", message: "the device took it" });
      else output.result(ref, { stage: "aborted", code: objection.code, message: objection.message });
    });
  }

  /** Sends one value, once. `answered` is called once with what became of it. */
  send(
    signal: string,
    value: SignalValue,
    ttlMs: number,
    sender: string,
    now: number,
    out: Outbox,
    answered: (answer: DeviceAnswer) => void,
  ): Objection | null {
    if (this.life !== "online") return { code: "device_offline", message: `${this.id} is ${this.life}` };
    const doubt = this.boots.doubt(now);
    if (doubt !== "") return { code: "device_conflict", message: `${this.id}: ${doubt}` };
    if (this.isCut) return { code: "no_broker", message: `the broker of ${this.id} is not connected` };
    if (this.newest < 0) return { code: "stale_state", message: `${this.id} has sent no telemetry yet` };
    const { commands, id: device, newest: ref } = this;
    const send = (command: DeviceCommand) => out.push({ kind: "device", device, command });
    return commands.send(signal, value, ttlMs, ref, sender, now, send, answered);
  }

  /** Signals find their places again after the robot's description came, changed or went. */
  reseat(): void {
    if (this.birth === null) return;
    this.declare(this.birth);
  }

  /** As `reseat`, and says what it cannot have. */
  seatAgain(now: number): void {
    this.seatedAt = now;
    if (this.birth === null) return;
    const faults = this.declare(this.birth);
    if (faults.length > 0 && this.lifeEvents.mayTell(now)) {
      this.of.listener.event("warning", "device.joint", `${this.id}: ${faults.slice(0, 4).join("; ")}`);
    }
  }

  /** Takes it out of the graph. */
  forget(): void {
    this.signals.forget();
    this.of.graph.remove(this.thing.id);
  }

  /** The way to it is cut: whether it lives is not known from here on. */
  unreachable(link: string): void {
    if (!this.of.source.name.startsWith(`${link}:`)) return;
    this.isCut = true;
    if (this.statusRow >= 0 && this.life !== "lost" && this.life !== "offline") {
      this.of.graph.setQuality(this.statusRow, "uncertain", "no-broker");
    }
  }

  private takeBirth(birth: DeviceBirth, retained: boolean, now: number): Applied {
    // A broker hands the same birth out at every connection: it changes nothing.
    const isKnown = this.birth !== null && JSON.stringify(birth) === JSON.stringify(this.birth);
    const { current } = this.boots;
    if (isKnown && (retained || birth.boot === current)) return fine;
    const isTaken = this.boots.announce(birth.boot, retained, now);
    this.tellConflict(now);
    if (!isTaken) return late;
    if (birth.boot !== current) this.startAnew();
    this.birth = birth;
    const faults = this.declare(birth);
    if (!this.isLifeKnown) this.showLife(now);
    const what = retained ? "is known" : "booted";
    const text = `${this.id} ${what} (firmware ${birth.firmware || "unnamed"}, boot ${birth.boot})`;
    this.of.listener.event("info", "device.birth", text);
    return faults.length === 0 ? fine : { verdict: "rejected", reason: faults.slice(0, 4).join("; ") };
  }

  private declare(birth: DeviceBirth): string[] {
    this.thing.definition = {
      profile: this.of.profile,
      firmware: birth.firmware,
      boot: birth.boot,
      boots: this.boots.count,
      signals: birth.signals,
    };
    this.session++;
    const faults = this.signals.declare(birth, this.lives);
    this.of.listener.drivesChanged(this);
    return faults;
  }

  private takeLife(life: DeviceLife, now: number): void {
    const changed = life !== this.life;
    const lived = this.lives;
    this.life = life;
    this.isLifeKnown = true;
    this.showLife(now);
    const isGone = life === "offline" || life === "lost";
    if (life === "sleeping") this.signals.doubt("sleeping");
    if (isGone) {
      this.of.graph.lose(this.of.source, "no-communication");
      this.signals.release();
      this.of.listener.gone(this);
    }
    if (this.lives && !lived) {
      // One whose life flickers looks for its places a few times a second, not at each word.
      if (now - this.seatedAt < seatEachMs) this.of.listener.wantsSeat(this);
      else this.seatAgain(now);
    }
    if (!changed) return;
    if (this.lifeEvents.mayTell(now)) {
      this.of.listener.event(isGone ? "warning" : "info", `device.${life}`, `${this.id} is ${life}`);
    }
    this.of.listener.drivesChanged(this);
  }

  /** Writes the life into the graph. */
  private showLife(now: number): void {
    if (this.statusRow < 0) {
      const status = this.of.graph.property(this.thing, `device/${this.id}/status`, "other", "");
      this.statusRow = this.of.graph.row(status, "reported");
    }
    this.statusSample.received = now;
    this.of.graph.setOther(this.statusRow, this.life, this.statusSample);
  }

  private takeTelemetry(telemetry: DeviceTelemetry, retained: boolean, sample: Sample): Applied {
    sample.sequence = telemetry.n;
    const { stamp } = telemetry;
    sample.hasStamp = stamp !== null;
    sample.stampSec = stamp?.sec ?? 0;
    sample.stampNanosec = stamp?.nanosec ?? 0;
    if (telemetry.historical === true) {
      this.signals.passHistorical(telemetry, sample);
      return { verdict: "historical", reason: "" };
    }
    if (!this.isOfBoot(telemetry, retained, sample.received)) return late;
    sample.epoch = this.of.source.epoch;
    // It speaks, so it lives: its own word for that was lost, or a will of the session before came late.
    const isSilent = this.life !== "online" && (this.isLifeKnown || this.birth !== null);
    if (!retained && isSilent && !this.of.livesByStatus && telemetry.n > this.newest) {
      this.takeLife("online", sample.received);
    }
    const applied = this.signals.write(telemetry, retained, sample);
    // By its number and not by what was taken: a message without signals is a sign of life, too.
    if (applied.reason === "" && telemetry.n > this.newest) this.newest = telemetry.n;
    if (!retained && this.life === "online" && this.of.graph.table.quality[this.statusRow] !== 0) {
      this.showLife(sample.received);
    }
    return applied;
  }

  /** Whether telemetry is of the present boot; it begins one where it is of a new one. */
  private isOfBoot({ boot }: DeviceTelemetry, retained: boolean, now: number): boolean {
    const verdict = this.boots.judge(boot, retained, now);
    if (verdict === "new") this.startAnew();
    if (verdict !== "current") this.tellConflict(now);
    return verdict !== "ended";
  }

  private tellConflict(now: number): void {
    const text = this.boots.conflictToTell(now);
    if (text !== null) this.of.listener.event("warning", "device.conflict", `${this.id}: ${text}`);
  }

  private startAnew(): void {
    this.newest = -1;
    this.session++;
    this.of.source.epoch++;
  }
}
