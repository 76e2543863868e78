import type { CommandRef, GateOutput } from "../command/gate-output.ts";
import type { MotionCommand } from "../command/motion-command.ts";
import type { Objection } from "../command/validate-motion.ts";
import type { DeviceMessage } from "../protocol/native-profile.ts";
import type { TwinGraph } from "../twin/graph.ts";
import type { Sample } from "../twin/sample.ts";
import type { Source } from "../twin/source.ts";
import { DeviceTwin } from "./device-twin.ts";
import type { Applied } from "./joint-registers.ts";
import type { DeviceSink } from "./ports.ts";

/** Devices beyond it are refused: a broker full of strangers must not eat the memory. */
const maxDevices = 5000;
/** Signals of all devices together: what a snapshot of them costs every viewer, and a cycle, stays bearable. */
const maxFleetSignals = 20_000;

/** All devices of the native profile, by name. */
export class DeviceFleet {
  private readonly devices = new Map<string, DeviceTwin>();
  private readonly room = { signals: maxFleetSignals };

  /** `defaultRobot` is whose links a birth means that names no robot. */
  constructor(
    private readonly graph: TwinGraph,
    private readonly sink: DeviceSink,
    private readonly defaultRobot: string,
    private readonly event: (kind: string, text: string) => void,
  ) {}

  /** Whether another device would be one too many. */
  isStranger(id: string): boolean {
    return !this.devices.has(id) && this.devices.size >= maxDevices;
  }

  take(
    source: Source,
    message: DeviceMessage,
    retained: boolean,
    sample: Sample,
    output: GateOutput,
    now: number,
  ): Applied {
    let device = this.devices.get(message.device);
    if (device === undefined) {
      if (this.isStranger(message.device)) {
        return { accepted: false, reason: `more than ${maxDevices} devices` };
      }
      device = new DeviceTwin(this.graph, message.device, source, this.defaultRobot, this.room, now);
      this.devices.set(message.device, device);
    }
    return device.take(message, retained, sample, this.event, output);
  }

  command(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "device" }>,
    ttlMs: number,
    now: number,
  ): Objection | null {
    const device = this.devices.get(command.device);
    if (device === undefined) {
      return { code: "unknown_device", message: `there is no device "${command.device}"` };
    }
    return device.command(ref, command, ttlMs, now, this.sink);
  }

  /** Ends commands that were not answered in time. */
  update(now: number, output: GateOutput): void {
    for (const device of this.devices.values()) device.update(now, output);
  }

  /** Signals find their links again after a robot's description came or changed. */
  reseat(now: number): void {
    for (const device of this.devices.values()) device.reseat(now);
  }
}
