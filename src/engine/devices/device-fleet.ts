import type { CommandRef, GateOutput, GoalReport } from "../../command/gate-output.ts";
import type { MotionCommand } from "../../command/motion-command.ts";
import type { RobotLimits } from "../../command/robot-limits.ts";
import { checkPosition, type MeasuredJoints, type Objection } from "../../command/validate-motion.ts";
import type { DeviceId, RobotId } from "../../core/names.ts";
import type { EventSeverity } from "../../protocol/state-messages.ts";
import type { TwinGraph } from "../../twin/graph.ts";
import type { Sample } from "../../twin/sample.ts";
import type { Source } from "../../twin/source.ts";
import type { Applied } from "../../twin/verdict.ts";
import type { Input } from "../ports/inputs.ts";
import type { Outbox } from "../ports/outputs.ts";
import type { TrajectoryExecutor } from "../ports/sinks.ts";
import { DeviceDrive } from "./device-drive.ts";
import type { JointDrive } from "./device-signals.ts";
import { DeviceTwin } from "./device-twin.ts";
import { JointClaims } from "./joint-claims.ts";

/** Devices beyond it are refused: a broker full of strangers must not eat the memory. */
const maxDevices = 5000;
/** Signals of all devices together: what a snapshot of them costs every viewer, and a cycle, stays bearable. */
const maxFleetSignals = 20_000;
/** Looking for the places of a large device takes a quarter of a millisecond. */
const seatsEachCycle = 4;

/** A device's drive of one joint, and how far it takes the joint: rad or m. */
export type DeviceExecutor = TrajectoryExecutor & { joint: string; lower: number; upper: number };

/** What the fleet needs of the engine around it. */
export type FleetContext = {
  out: Outbox;
  /** Whether a device may measure or drive a joint. */
  mayBind(device: string, joint: string): boolean;
  /** Whose joints and links a birth means that names no robot. */
  defaultRobot: string;
  event(severity: EventSeverity, kind: string, text: string): void;
  measured(robot: string): MeasuredJoints | null;
  mayHold(robot: string): boolean;
  deviceAnswerMs?: number | undefined;
  /** Server ms of the running cycle. */
  now(): number;
  /** What becomes of a goal; it arrives through the inbox, as that of any other controller. */
  report(robot: string, report: GoalReport): void;
  /** What devices drive of `robot`, or which of them can be reached, has changed. */
  controllersChanged(robot: string): void;
};

type DeviceInput = Extract<Input, { kind: "device" }>;

/** All devices, whatever profile they speak, by name. */
export class DeviceFleet {
  private readonly devices = new Map<DeviceId, DeviceTwin>();
  private readonly room = { signals: maxFleetSignals };
  private readonly drive: DeviceDrive;
  private readonly claims: JointClaims;
  /** Devices that look for their places again, a few each cycle. */
  private readonly unseated = new Set<DeviceTwin>();
  /** By robot, the devices that say to drive a joint of it. */
  private readonly drivers = new Map<string, Set<DeviceTwin>>();

  constructor(
    private readonly graph: TwinGraph,
    private readonly context: FleetContext,
  ) {
    this.drive = new DeviceDrive(context);
    this.claims = new JointClaims((device, joint) => context.mayBind(device, joint));
  }

  /** Whether another device would be one too many. */
  isStranger(id: DeviceId): boolean {
    return !this.devices.has(id) && this.devices.size >= maxDevices;
  }

  take(
    source: Source,
    { profile, message, retained, livesByStatus = false }: DeviceInput,
    sample: Sample,
    now: number,
  ): Applied {
    let device = this.devices.get(message.device);
    if (device === undefined) {
      if (this.isStranger(message.device)) {
        return { verdict: "rejected", reason: `more than ${maxDevices} devices` };
      }
      const { graph, room, claims, listener } = this;
      const { defaultRobot } = this.context;
      const id = message.device;
      const options = {
        graph,
        id,
        profile,
        livesByStatus,
        source,
        defaultRobot,
        room,
        claims,
        now,
        listener,
      };
      device = new DeviceTwin(options);
      this.devices.set(message.device, device);
    }
    return device.take(message, retained, sample);
  }

  /** `robot` is whose lease the command came under, `limits` how far its joints may go. */
  command(
    robot: string,
    limits: RobotLimits,
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "device" }>,
    ttlMs: number,
    now: number,
    output: GateOutput,
  ): Objection | null {
    const device = this.devices.get(command.device);
    if (device === undefined) {
      return { code: "unknown_device", message: `there is no device "${command.device}"` };
    }
    const objection = this.objectTo(device, robot, limits, command);
    return objection ?? device.command(ref, command, ttlMs, now, this.context.out, output);
  }

  /** A device is commanded under its own robot's lease; a joint's drive within the joint's limits, and by one at a time. */
  private objectTo(
    device: DeviceTwin,
    robot: string,
    limits: RobotLimits,
    { signal, value }: Extract<MotionCommand, { kind: "device" }>,
  ): Objection | null {
    if (device.robot !== robot) {
      return {
        code: "wrong_robot",
        message: `${device.id} is of ${device.robot}: that robot's lease is needed`,
      };
    }
    const drive = device.drives.find((one) => one.signal === signal);
    if (drive === undefined || typeof value !== "number") return null;
    const { joint, factor } = drive;
    if (this.drive.isBusy(controllerName(device.id, drive))) {
      return { code: "joint_busy", message: `${joint} is being moved: command the joint` };
    }
    const known = limits.joints.get(joint);
    return known === undefined ? null : checkPosition(joint, value * factor, known);
  }

  /** The drives of devices that can be reached, by the controllers' names: each carries out goals for one joint of `robot`. */
  drivesOf(robot: RobotId): Map<string, DeviceExecutor> {
    const drives = new Map<string, DeviceExecutor>();
    for (const device of this.drivers.get(robot) ?? []) {
      if (!device.isOnline) continue;
      for (const drive of device.drives) {
        if (drive.robot !== robot) continue;
        const { joint, lower, upper } = drive;
        drives.set(controllerName(device.id, drive), {
          joint,
          lower,
          upper,
          send: (goal) => this.drive.begin(robot, goal, device, drive, this.context.now()),
          cancel: (goalId) => this.drive.cancel(goalId),
        });
      }
    }
    return drives;
  }

  /** A command of a device could not be sent. */
  unsent(device: DeviceId, id: string, objection: Objection): void {
    this.devices.get(device)?.commands.unsent(id, objection);
  }

  /** Ends all that devices do on `robot`, but for the controllers of `spared`. */
  halt(robot: RobotId, spared?: ReadonlySet<string>): void {
    this.drive.halt(robot, spared);
  }

  /** Sends set-points that are due and ends what was not answered in time. */
  update(now: number): void {
    this.seatSome(now);
    this.drive.update(now);
    for (const device of this.devices.values()) device.commands.update(now);
  }

  /** Signals find their places again after the description of `robot` came, changed or went. */
  reseat(robot: RobotId): void {
    for (const device of this.devices.values()) if (device.robot === robot) device.reseat();
  }

  /** Whose joints and links a device means; null where the device is not known. */
  robotOf(id: DeviceId): string | null {
    return this.devices.get(id)?.robot ?? null;
  }

  /** Whether some device names this robot. */
  isNamed(robot: RobotId): boolean {
    for (const device of this.devices.values()) if (device.robot === robot) return true;
    return false;
  }

  private seatSome(now: number): void {
    let count = 0;
    for (const device of this.unseated) {
      if (++count > seatsEachCycle) return;
      this.unseated.delete(device);
      device.seatAgain(now);
    }
  }

  /** Drops all that is known of any device. */
  forget(): void {
    for (const device of this.devices.values()) device.forget();
    this.devices.clear();
    this.unseated.clear();
    this.room.signals = maxFleetSignals;
    const driven = [...this.drivers.keys()];
    this.drivers.clear();
    for (const robot of driven) this.context.controllersChanged(robot);
  }

  /** The way to the devices of a link, as `mqtt`, is cut: whether they live is not known. */
  unreachable(link: string): void {
    for (const device of this.devices.values()) device.unreachable(link);
  }

  private readonly listener = {
    event: (severity: EventSeverity, kind: string, text: string) => this.context.event(severity, kind, text),
    drivesChanged: (device: DeviceTwin) => {
      const driven = new Set(device.drives.map(({ robot }) => robot));
      for (const [robot, devices] of this.drivers) {
        if (!driven.has(robot) && devices.delete(device)) this.context.controllersChanged(robot);
      }
      for (const robot of driven) {
        const devices = this.drivers.get(robot) ?? new Set();
        this.drivers.set(robot, devices.add(device));
        this.context.controllersChanged(robot);
      }
    },
    gone: () => {
      for (const device of this.devices.values()) if (device.hasConflict) this.unseated.add(device);
    },
    wantsSeat: (device: DeviceTwin) => {
      this.unseated.add(device);
    },
  };
}

function controllerName(device: string, drive: JointDrive): string {
  return `device/${device}/${drive.signal}`;
}
