import { jointDimension, siFactor, unitsOf } from "../../core/units.ts";
import type { DeviceBirth, DeviceSignal, DeviceTelemetry } from "../../protocol/device-profile.ts";
import type { TwinGraph } from "../../twin/graph.ts";
import { jointProperty } from "../../twin/joint-properties.ts";
import type { Property } from "../../twin/property.ts";
import type { Sample } from "../../twin/sample.ts";
import type { Thing } from "../../twin/thing.ts";
import { type Applied, joined, type Verdict } from "../../twin/verdict.ts";
import { seatOf } from "./device-seat.ts";
import type { JointClaims } from "./joint-claims.ts";

/** Signals beyond it are refused: a device that makes up names must not eat the memory. */
const maxSignals = 512;
/** rad, m, …: no robot's joint is beyond it, and no sum with it runs over. */
const mostOfAJoint = 1e9;
const tooManySignals = `more than ${maxSignals} signals, or more than the devices may have together`;

/** Where a signal's values go: its own register, and the robot's where it is a joint's state. */
type Slot = {
  isNumber: boolean;
  /** A birth says its type; else it is what its last value was. */
  isDeclared: boolean;
  row: number;
  /** Row of `joint/<name>/…` of the robot; −1: none. */
  jointRow: number;
  /** Of the signal's unit to SI. */
  factor: number;
};

/** A signal by which a joint can be driven: set-points in the device's own unit, `factor` of them is rad or m. */
export type JointDrive = {
  robot: string;
  joint: string;
  signal: string;
  factor: number;
  /** What the device takes, rad or m. */
  lower: number;
  upper: number;
};

/** The signals of one device in the graph: registers, places, the joints whose state they are. */
export class DeviceSignals {
  /** Joints that the device drives, by its birth. */
  readonly drives: JointDrive[] = [];
  private readonly slots = new Map<string, Slot>();
  /** Whether another device has a joint that this one says it has. */
  hasConflict = false;
  /** What clients know of the device's definition and places. */
  private known = "";
  /** Where its signals are shown beside its own thing. */
  private shared: { thing: string; property: Property }[] = [];

  /** `room` is how many signals more all devices together may have; shared by them. */
  constructor(
    private readonly graph: TwinGraph,
    private readonly thing: Thing,
    private readonly id: string,
    private readonly defaultRobot: string,
    private readonly room: { signals: number },
    private readonly claims: JointClaims,
  ) {}

  /**
   * Makes the signals of a birth and finds their places. What is wrong with single ones comes back in words. A device
   * that does not live has no joint.
   */
  declare(birth: DeviceBirth, lives: boolean): string[] {
    const faults: string[] = [];
    this.claims.release(this.id);
    this.hasConflict = false;
    const robot = birth.robot ?? this.defaultRobot;
    if (birth.robot !== undefined && this.graph.things.get(birth.robot)?.type !== "robot") {
      faults.push(`there is no robot "${birth.robot}"`);
    }
    this.unshare();
    this.slots.clear();
    this.drives.length = 0;
    this.thing.relationships = [];
    const { link, joint: ownJoint } = birth;
    // One that names a robot and no part of it is the robot's as a whole.
    const whole = birth.robot !== undefined && faults.length === 0 ? birth.robot : null;
    const mount = seatOf(robot, { link }) ?? seatOf(robot, { joint: ownJoint }) ?? whole;
    if (mount !== null) this.relate("mountedOn", mount);
    const seat = seatOf(robot, birth) ?? whole;
    for (const name in birth.signals) {
      const signal = birth.signals[name] as DeviceSignal;
      const isNumber = signal.type === "number";
      this.dropIfRetyped(name, isNumber);
      const slot = this.slotOf(name, isNumber);
      if (slot === null) {
        faults.push(tooManySignals);
        break;
      }
      slot.isDeclared = true;
      const property = this.thing.properties.get(this.pathOf(name)) as Property;
      property.unit = signal.unit;
      const measured = seatOf(robot, signal) ?? seat;
      const target = measured === null ? undefined : this.graph.things.get(measured);
      if (target !== undefined) {
        this.graph.share(property, target);
        this.shared.push({ thing: target.id, property });
        this.relate(signal.writable ? "controls" : "measures", target.id);
      }
      const joint = signal.joint ?? birth.joint;
      const fault = this.bind(name, signal, robot, joint, slot, lives);
      if (fault !== null) faults.push(`signal ${name}: ${fault}`);
    }
    this.tellChange();
    return faults;
  }

  /** A device whose life flickers is the same again each time: clients then need no snapshot. */
  private tellChange(): void {
    const { definition, relationships } = this.thing;
    const places = this.shared.map(({ thing, property }) => [thing, property.path, property.kind]);
    const known = JSON.stringify([definition, relationships, places]);
    if (known === this.known) return;
    this.known = known;
    this.graph.definitionChanged(this.thing);
  }

  /** Writes a telemetry's values; `sample` holds source, epoch, number and times. */
  write(telemetry: DeviceTelemetry, retained: boolean, sample: Sample): Applied {
    const { graph } = this;
    const { signals } = telemetry;
    let verdict: Verdict | null = null;
    let reason = "";
    for (const name in signals) {
      const value = signals[name] as number | boolean | string;
      const isNumber = typeof value === "number";
      let slot = this.slots.get(name) ?? this.slotOf(name, isNumber);
      if (slot !== null && slot.isNumber !== isNumber && !slot.isDeclared) slot = this.retype(name, isNumber);
      if (slot === null || slot.isNumber !== isNumber) {
        reason ||= slot === null ? tooManySignals : `signal ${name} changed its type to ${typeof value}`;
        continue;
      }
      const done = isNumber
        ? graph.setNumber(slot.row, value, sample)
        : graph.setOther(slot.row, value, sample);
      if (done === "taken" && retained) graph.setQuality(slot.row, "uncertain", "initial");
      verdict = verdict === null ? done : joined(verdict, done);
      if (slot.jointRow < 0 || !isNumber) continue;
      // What a broker kept is no measurement of now: a robot is not shown in it.
      if (retained) continue;
      const si = value * slot.factor;
      if (Math.abs(si) > mostOfAJoint) reason ||= `${name}: ${value} is no joint's`;
      else graph.setNumber(slot.jointRow, si, sample);
    }
    if (telemetry.bad !== undefined && this.writeBad(telemetry.bad, sample)) verdict = "taken";
    if (reason !== "") return { verdict: "rejected", reason };
    return { verdict: verdict ?? "taken", reason };
  }

  /** Notes values of the past for whoever keeps them: they change nothing that is. */
  passHistorical(telemetry: DeviceTelemetry, sample: Sample): void {
    for (const [name, value] of Object.entries(telemetry.signals)) {
      const slot = this.slots.get(name);
      if (slot !== undefined) this.graph.pass(slot.row, value, sample, "historical");
    }
  }

  /** Gives back what it has of joints. */
  release(): void {
    this.claims.release(this.id);
    for (const slot of this.slots.values()) slot.jointRow = -1;
    this.drives.length = 0;
  }

  /** Gives back what it has beside its own thing. */
  forget(): void {
    this.release();
    this.unshare();
    this.slots.clear();
    this.drives.length = 0;
  }

  /** Every value of the device keeps its number and becomes uncertain for `reason`. */
  doubt(reason: string): void {
    for (const { row, jointRow } of this.slots.values()) {
      for (const each of [row, jointRow]) {
        if (each >= 0 && this.graph.table.filled[each] === 1 && this.graph.table.quality[each] === 0) {
          this.graph.setQuality(each, "uncertain", reason);
        }
      }
    }
  }

  private writeBad(bad: Readonly<Record<string, string>>, sample: Sample): boolean {
    let taken = false;
    for (const name in bad) {
      const slot = this.slots.get(name);
      if (slot === undefined || this.graph.judge(slot.row, sample) !== "taken") continue;
      this.graph.setQuality(slot.row, "bad", bad[name] as string);
      if (slot.jointRow >= 0 && this.graph.judge(slot.jointRow, sample) === "taken") {
        this.graph.setQuality(slot.jointRow, "bad", bad[name] as string);
      }
      taken = true;
    }
    return taken;
  }

  /** Makes a signal the state of a joint, or its drive, where it says so; else why it cannot be. */
  private bind(
    name: string,
    signal: DeviceSignal,
    robot: string,
    joint: string | undefined,
    slot: Slot,
    lives: boolean,
  ): string | null {
    if (signal.property === undefined) return null;
    if (joint === undefined) return `it is a ${signal.property} of no joint`;
    if (!slot.isNumber) return `a joint's ${signal.property} is a number`;
    const thing = this.graph.things.get(`${robot}/joint/${joint}`);
    // The robot's description may come later: then places are found anew.
    if (thing === undefined) return null;
    const dimension = jointDimension(signal.property, thing.definition.type === "prismatic");
    const factor = siFactor(signal.unit, dimension);
    if (factor === null) {
      return `"${signal.unit}" is no unit of the ${signal.property} of ${joint}: it has ${unitsOf(dimension)}`;
    }
    if (signal.writable) {
      if (signal.property !== "position") return "a joint is driven by its position";
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = signal;
      if (!lives) return null;
      const taken = this.claim(robot, joint, "drive");
      if (taken !== null) return taken;
      this.drives.push({ robot, joint, signal: name, factor, lower: min * factor, upper: max * factor });
      return null;
    }
    if (!lives) return null;
    const taken = this.claim(robot, joint, signal.property);
    if (taken !== null) return taken;
    const owner = this.graph.things.get(robot);
    if (owner === undefined) return null;
    const slides = thing.definition.type === "prismatic";
    const property = jointProperty(this.graph, owner, joint, signal.property, slides);
    slot.jointRow = this.graph.row(property, "reported");
    slot.factor = factor;
    return null;
  }

  private claim(robot: string, joint: string, what: string): string | null {
    const taken = this.claims.claim(this.id, robot, joint, what);
    if (taken !== null) this.hasConflict = true;
    return taken;
  }

  /** The slot of a signal, made when it is new; null when it would be one too many. */
  private slotOf(name: string, isNumber: boolean): Slot | null {
    const path = this.pathOf(name);
    const { properties } = this.thing;
    if (!properties.has(path)) {
      if (properties.size >= maxSignals || this.room.signals <= 0) return null;
      this.room.signals--;
    }
    const property = this.graph.property(this.thing, path, isNumber ? "number" : "other", "");
    const row = this.graph.row(property, "reported");
    const isOfNumbers = property.kind === "number";
    const slot: Slot = { isNumber: isOfNumbers, isDeclared: false, row, jointRow: -1, factor: 1 };
    this.slots.set(name, slot);
    return slot;
  }

  /** New firmware may give a signal another type: then its past goes. */
  private dropIfRetyped(name: string, isNumber: boolean): void {
    const known = this.thing.properties.get(this.pathOf(name));
    if (known !== undefined && (known.kind === "number") !== isNumber) {
      this.graph.drop(this.thing, this.pathOf(name));
      this.room.signals++;
    }
  }

  /** A signal that no birth named is of the type of its last value. */
  private retype(name: string, isNumber: boolean): Slot | null {
    this.dropIfRetyped(name, isNumber);
    return this.slotOf(name, isNumber);
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

  private pathOf(signal: string): string {
    return `device/${this.id}/${signal}`;
  }
}
