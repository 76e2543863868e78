import type { CommandRef, Stage } from "../command/gate-output.ts";
import type { MotionCommand } from "../command/motion-command.ts";
import type { LimitSettings } from "../command/robot-limits.ts";
import type { StopState } from "../command/stop-latch.ts";
import type { Objection } from "../command/validate-motion.ts";
import type { SourceStatus, TwinEvent, TwinJson } from "../protocol/state-messages.ts";
import { TwinGraph } from "../twin/graph.ts";
import { thingsView } from "../twin/graph-json.ts";
import { createSample } from "../twin/sample.ts";
import { heardFrom, type Source, staleAfterMs } from "../twin/source.ts";
import { type ClientContext, takeClientMessage } from "./client-messages.ts";
import { DeviceTwin } from "./device-twin.ts";
import { EventLog } from "./event-log.ts";
import { Inbox } from "./inbox.ts";
import type { Arrival, Input } from "./inputs.ts";
import type { Applied } from "./joint-registers.ts";
import type { CommandReplies, DeviceSink, RobotSink, StopMemory } from "./ports.ts";
import { RobotControl } from "./robot-control.ts";
import { RobotTwin, setStamp } from "./robot-twin.ts";
import { StateStream } from "./state-stream.ts";

/** Devices beyond it are refused: a broker full of strangers must not eat the memory. */
const maxDevices = 5000;
const fine: Applied = { accepted: true, reason: "" };

export type EngineRobot = { id: string; limits: LimitSettings; sink: RobotSink; stop: StopState | null };

export type EngineOptions = {
  robots: readonly EngineRobot[];
  devices: DeviceSink;
  replies: CommandReplies;
  stopMemory: StopMemory;
  /** Makes goal ids differ between two runs. */
  runName: string;
  version: string;
  /** Called for each arrival, before it is judged: a recorder. */
  onArrival?: (arrival: Arrival) => void;
  /** Called for each event: a log. */
  onEvent?: (event: TwinEvent) => void;
};

/** What the engine counted, for the metrics. */
export type EngineCounters = { cycles: number; commands: Map<Stage, number> };

/**
 * The middle of the program: a deterministic cycle of read, update, write. It has no clock and no
 * socket; the same inputs and the same list of `now` give the same graph, commands and frames.
 */
export class Engine {
  readonly graph = new TwinGraph();
  readonly inbox: Inbox;
  readonly events: EventLog;
  readonly stream: StateStream;
  readonly robots = new Map<string, RobotTwin>();
  readonly control = new Map<string, RobotControl>();
  readonly status = new Map<string, SourceStatus>();
  readonly counters: EngineCounters = { cycles: 0, commands: new Map() };
  private readonly devices = new Map<string, DeviceTwin>();
  private readonly sample = createSample();
  private readonly clientContext: ClientContext;
  private now = 0;
  private last = -1;
  private readonly takeArrival = (arrival: Arrival): void => this.take(arrival);
  private readonly countDropped = (source: string, count: number): void => {
    this.graph.source(source).counts.dropped += count;
    this.event(
      "warning",
      "source.overflow",
      `${source}: ${count} messages came faster than they could be taken`,
    );
  };

  constructor(private readonly options: EngineOptions) {
    this.events = new EventLog(options.onEvent ?? null);
    this.inbox = new Inbox(undefined, options.onArrival ?? null);
    this.stream = new StateStream(this.graph, options.version);
    this.clientContext = {
      control: this.control,
      stream: this.stream,
      replies: options.replies,
      stopMemory: options.stopMemory,
      event: (severity, kind, message, robot) =>
        this.events.add(this.now, this.graph.revision, severity, kind, message, robot),
    };
    for (const { id, limits, sink, stop } of options.robots) {
      const twin = new RobotTwin(this.graph, id);
      this.robots.set(id, twin);
      const context = {
        replies: options.replies,
        sink,
        now: () => this.now,
        event: (
          severity: "info" | "warning" | "error",
          kind: string,
          message: string,
          data?: Record<string, unknown>,
        ) => this.events.add(this.now, this.graph.revision, severity, kind, message, id, data),
        countResult: (stage: Stage) => this.count(stage),
        sendDevice: (ref: CommandRef, command: Extract<MotionCommand, { kind: "device" }>, ttlMs: number) =>
          this.sendDevice(ref, command, ttlMs),
      };
      this.control.set(id, new RobotControl(twin, context, limits, options.runName, stop));
    }
  }

  /** One cycle at server ms `now`, which must not fall. */
  cycle(now: number): void {
    this.now = now;
    const dt = this.last < 0 ? 0 : Math.min(0.1, Math.max(0, (now - this.last) / 1000));
    this.last = now;
    this.counters.cycles++;
    this.inbox.drain(this.takeArrival, this.countDropped);
    this.update(now, dt);
    this.write(now);
  }

  /** Ends all motion, for a shutdown: cancels goals and sends the zero. */
  shutdown(): void {
    for (const control of this.control.values())
      control.gate.endMotion("shutdown", "the twin is going down", false);
  }

  twinJson(): TwinJson {
    return { revision: this.graph.revision, time: this.now, things: thingsView(this.graph) };
  }

  private update(now: number, dt: number): void {
    this.graph.judgeStaleness(now);
    for (const robot of this.robots.values()) robot.updateKinematics(now);
    for (const [id, control] of this.control) {
      const expired = control.gate.update(
        now,
        dt,
        control.currentLimits(),
        control.twin,
        control.capabilities,
      );
      if (expired) {
        this.events.add(now, this.graph.revision, "info", "lease.expired", "the lease was not renewed", id);
        this.stream.statusSoon();
      }
    }
    const output = this.control.values().next().value;
    if (output !== undefined) for (const device of this.devices.values()) device.update(now, output);
  }

  private write(now: number): void {
    for (const event of this.events.takeNew()) this.stream.broadcast({ op: "event", event });
    this.stream.write(now, [...this.status.values()], () =>
      [...this.control.values()].map((c) => c.status()),
    );
  }

  private take({ source: name, received, input }: Arrival): void {
    this.graph.beginRevision();
    switch (input.kind) {
      case "client":
        takeClientMessage(this.clientContext, input.session, input.name, input.message, this.now);
        return;
      case "clientGone":
        for (const [id, control] of this.control) {
          if (!control.gate.releaseSession(input.session)) continue;
          this.events.add(this.now, this.graph.revision, "warning", "lease.lost", "who drove is gone", id);
          this.stream.statusSoon();
        }
        return;
      case "status":
        this.takeStatus(input.status);
        return;
      case "forget": {
        const control = this.control.get(input.robot);
        control?.gate.endMotion("reloaded", "another robot takes its place", false);
        if (control !== undefined) control.capabilities = { trajectory: [], twist: false };
        this.robots.get(input.robot)?.forget();
        return;
      }
      case "capabilities": {
        const control = this.control.get(input.robot);
        if (control !== undefined) control.capabilities = input.capabilities;
        this.stream.statusSoon();
        return;
      }
      case "goal":
        this.control
          .get(input.robot)
          ?.gate.goalReport(input.goalId, input.stage, input.code, input.message, input.error, this.now);
        return;
      default:
        this.takeData(this.graph.source(name), received, input);
    }
  }

  private takeData(source: Source, received: number, input: Input): void {
    switch (input.kind) {
      case "rejected":
        source.counts.rejected++;
        this.eventSeldom(source, "source.rejected", `${source.name}: ${input.reason}`);
        return;
      case "sourceLost":
        if (source.lost !== null) return;
        this.graph.lose(source, "no-communication");
        source.lost = input.reason;
        this.event("warning", "source.lost", `${source.name}: ${input.reason}`);
        return;
      case "sourceEpoch":
        source.epoch++;
        source.periodMs = 0;
        return;
    }
    if (source.lost !== null) this.event("info", "source.back", `${source.name} is back`);
    heardFrom(source, received);
    const sample = this.sample;
    sample.source = source.index;
    sample.epoch = source.epoch;
    sample.sequence = -1;
    sample.hasStamp = false;
    sample.received = received;
    sample.staleAfterMs = staleAfterMs(source);
    const applied = this.apply(source, input);
    if (applied.reason !== "") {
      source.counts.rejected++;
      this.eventSeldom(source, "source.rejected", `${source.name}: ${applied.reason}`);
    } else if (applied.accepted) source.counts.accepted++;
    else source.counts.late++;
  }

  private apply(source: Source, input: Input): Applied {
    const sample = this.sample;
    switch (input.kind) {
      case "jointState": {
        setStamp(sample, input.message.stamp.sec, input.message.stamp.nanosec);
        return (
          this.robots.get(input.robot)?.takeJointState(input.message, sample) ?? unknownRobot(input.robot)
        );
      }
      case "odometry": {
        setStamp(sample, input.message.stamp.sec, input.message.stamp.nanosec);
        return this.robots.get(input.robot)?.takeOdometry(input.message, sample) ?? unknownRobot(input.robot);
      }
      case "transforms":
        if (input.isStatic) sample.staleAfterMs = Number.POSITIVE_INFINITY;
        return (
          this.robots.get(input.robot)?.takeTransforms(input.transforms, sample) ?? unknownRobot(input.robot)
        );
      case "description":
        return this.takeDescription(input.robot, input.text);
      case "device":
        return this.takeDevice(source, input.message, input.retained);
      case "mapped": {
        const robot = this.robots.get(input.robot);
        if (robot === undefined) return unknownRobot(input.robot);
        if (input.stamp !== null) setStamp(sample, input.stamp.sec, input.stamp.nanosec);
        sample.sequence = input.sequence;
        return robot.takeValue(input.path, input.unit, input.value, input.retained, sample);
      }
      case "clock":
        return fine;
      default:
        return fine;
    }
  }

  private takeDescription(robot: string, text: string): Applied {
    const twin = this.robots.get(robot);
    if (twin === undefined) return unknownRobot(robot);
    const taken = twin.takeDescription(text);
    if (taken.fault !== null) {
      this.events.add(
        this.now,
        this.graph.revision,
        "error",
        "robot.description",
        `URDF refused: ${taken.fault}`,
        robot,
      );
      return { accepted: false, reason: `URDF refused: ${taken.fault}` };
    }
    const { description } = twin;
    if (!taken.changed || description === null) return fine;
    const control = this.control.get(robot);
    if (twin.descriptionCount > 1)
      control?.gate.endMotion("reloaded", "the robot's description changed", false);
    const { name } = description.model;
    const word = twin.descriptionCount > 1 ? "robot.reloaded" : "robot.loaded";
    this.events.add(
      this.now,
      this.graph.revision,
      "info",
      word,
      `"${name}", ${description.model.joints.length} joints`,
      robot,
    );
    for (const warning of taken.warnings.slice(0, 20)) {
      this.events.add(this.now, this.graph.revision, "warning", "robot.description", warning, robot);
    }
    for (const device of this.devices.values()) device.reseat(this.now);
    this.stream.broadcast({ op: "description", robot, name, hash: description.hash });
    return fine;
  }

  private takeDevice(
    source: Source,
    message: Extract<Input, { kind: "device" }>["message"],
    retained: boolean,
  ): Applied {
    let device = this.devices.get(message.device);
    const output = this.control.values().next().value;
    const robot = this.options.robots[0]?.id;
    if (output === undefined || robot === undefined)
      return { accepted: false, reason: "no robot is configured" };
    if (device === undefined) {
      if (this.devices.size >= maxDevices)
        return { accepted: false, reason: `more than ${maxDevices} devices` };
      device = new DeviceTwin(this.graph, message.device, source, robot, this.now);
      this.devices.set(message.device, device);
    }
    return device.take(
      message,
      retained,
      this.sample,
      (kind, text) => this.event(kind === "device.offline" ? "warning" : "info", kind, text),
      output,
    );
  }

  private sendDevice(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "device" }>,
    ttlMs: number,
  ): Objection | null {
    const device = this.devices.get(command.device);
    if (device === undefined)
      return { code: "unknown_device", message: `there is no device "${command.device}"` };
    return device.command(ref, command, ttlMs, this.now, this.options.devices);
  }

  private takeStatus(status: SourceStatus): void {
    const known = this.status.get(status.name);
    this.status.set(status.name, status);
    if (known?.state === status.state && known.detail === status.detail) return;
    this.stream.statusSoon();
    if (known?.state === status.state) return;
    const bad = status.state === "lost" || status.state === "error";
    this.event(
      bad ? "warning" : "info",
      `${status.name}.${status.state}`,
      `${status.name}: ${status.detail || status.state}`,
    );
  }

  private count(stage: Stage): void {
    this.counters.commands.set(stage, (this.counters.commands.get(stage) ?? 0) + 1);
  }

  private event(severity: "info" | "warning" | "error", kind: string, message: string): void {
    this.events.add(this.now, this.graph.revision, severity, kind, message);
  }

  /** A sender that is always wrong is counted each time and named once in five seconds. */
  private readonly lastNamed = new Map<string, number>();
  private eventSeldom(source: Source, kind: string, message: string): void {
    const last = this.lastNamed.get(source.name) ?? Number.NEGATIVE_INFINITY;
    if (this.now - last < 5000) return;
    this.lastNamed.set(source.name, this.now);
    this.event("warning", kind, message);
  }
}

function unknownRobot(robot: string): Applied {
  return { accepted: false, reason: `no robot "${robot}" is configured` };
}
