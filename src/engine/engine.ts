import type { Stage } from "../command/gate-output.ts";
import type { LimitSettings } from "../command/robot-limits.ts";
import type { StopState } from "../command/stop-latch.ts";
import type { EventSeverity, SourceStatus, TwinEvent, TwinJson } from "../protocol/state-messages.ts";
import { TwinGraph } from "../twin/graph.ts";
import {
  type PropertyView,
  propertyView,
  type ThingView,
  thingsView,
  thingView,
} from "../twin/graph-json.ts";
import { type ClientContext, takeClientMessage } from "./client-messages.ts";
import { DeviceFleet, type FleetContext } from "./device-fleet.ts";
import { EventLog } from "./event-log.ts";
import { Inbox } from "./inbox.ts";
import type { Arrival } from "./inputs.ts";
import type { CommandReplies, DeviceSink, RobotSink, StopMemory } from "./ports.ts";
import { type ControlContext, RobotControl } from "./robot-control.ts";
import { RobotTwin } from "./robot-twin.ts";
import { SourceIntake } from "./source-intake.ts";
import { StateStream } from "./state-stream.ts";

/** How many of a description's warnings become events. */
const maxWarnings = 20;

export type EngineRobot = { id: string; limits: LimitSettings; sink: RobotSink; stop: StopState | null };

export type EngineOptions = {
  robots: readonly EngineRobot[];
  devices: DeviceSink;
  replies: CommandReplies;
  stopMemory: StopMemory;
  /** Of two sources for one value the higher has it while that value is good. Default: all alike. */
  sourcePriority?: (source: string) => number;
  /** Whether a device may measure or drive a joint. Default: any any. */
  mayBind?: (device: string, joint: string) => boolean;
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
  readonly graph: TwinGraph;
  readonly inbox: Inbox;
  readonly events: EventLog;
  readonly stream: StateStream;
  readonly robots = new Map<string, RobotTwin>();
  readonly control = new Map<string, RobotControl>();
  readonly status = new Map<string, SourceStatus>();
  readonly counters: EngineCounters = { cycles: 0, commands: new Map() };
  private readonly devices: DeviceFleet;
  private readonly intake: SourceIntake;
  private readonly clientContext: ClientContext;
  private now = 0;
  private last = -1;
  private readonly takeArrival = (arrival: Arrival): void => this.take(arrival);
  private readonly countDropped = (source: string, count: number): void => {
    this.graph.source(source).counts.dropped += count;
    const message = `${source}: ${count} messages came faster than they could be taken`;
    this.event("warning", "source.overflow", message);
  };

  constructor(options: EngineOptions) {
    this.graph = new TwinGraph(options.sourcePriority);
    this.events = new EventLog(options.onEvent ?? null);
    this.inbox = new Inbox(undefined, options.onArrival ?? null);
    this.stream = new StateStream(this.graph, options.version);
    this.devices = new DeviceFleet(this.graph, this.fleetContext(options));
    for (const { id, limits, sink, stop } of options.robots) {
      const twin = new RobotTwin(
        this.graph,
        id,
        (joint, now, at, out) => this.control.get(id)?.gate.plannedAt(joint, now, at, out) ?? false,
      );
      this.robots.set(id, twin);
      const context = this.controlContext(id, sink, options.replies);
      this.control.set(id, new RobotControl(twin, context, limits, options.runName, stop));
    }
    this.clientContext = {
      control: this.control,
      stream: this.stream,
      replies: options.replies,
      stopMemory: options.stopMemory,
      event: (severity, kind, message, robot) => this.event(severity, kind, message, robot),
    };
    this.intake = new SourceIntake({
      graph: this.graph,
      robots: this.robots,
      devices: this.devices,
      event: (severity, kind, message, robot) => this.event(severity, kind, message, robot),
      onDescription: (robot, warnings) => this.describe(robot, warnings),
    });
  }

  /**
   * READ alone, between two cycles: what arrived is in the graph sooner than the next cycle comes. `now` as in
   * `cycle`; a recorded run names these as it names its cycles.
   */
  read(now: number): void {
    this.now = now;
    this.inbox.drain(this.takeArrival, this.countDropped);
  }

  /** One cycle at server ms `now`, which must not fall. */
  cycle(now: number): void {
    this.now = now;
    const dt = this.last < 0 ? 0 : Math.min(0.1, Math.max(0, (now - this.last) / 1000));
    this.last = now;
    this.counters.cycles++;
    this.read(now);
    this.update(now, dt);
    this.write(now);
  }

  /** Ends all motion, for a shutdown: cancels goals and sends the zero. */
  shutdown(): void {
    for (const control of this.control.values()) {
      control.gate.endMotion("shutdown", "the twin is going down");
      this.devices.halt(control.twin.id);
    }
  }

  /** A set-point (rad or m) by the robot's own routine, for a joint that a device drives and no goal moves. */
  followJoint(robot: string, joint: string, position: number, now: number): void {
    this.devices.follow(robot, joint, position, now);
  }

  twinJson(): TwinJson {
    return { revision: this.graph.revision, time: this.now, things: thingsView(this.graph) };
  }

  /** One thing as in `twinJson`; null when there is none of that id. */
  thingJson(id: string): ThingView | null {
    const thing = this.graph.things.get(id);
    return thing === undefined ? null : thingView(this.graph, thing);
  }

  /** One property of a thing; null when there is none at that path. */
  propertyJson(id: string, path: string): PropertyView | null {
    const property = this.graph.things.get(id)?.properties.get(path);
    return property === undefined ? null : propertyView(this.graph, property);
  }

  private update(now: number, dt: number): void {
    this.graph.judgeStaleness(now);
    for (const robot of this.robots.values()) robot.updateKinematics(now);
    for (const [id, control] of this.control) {
      if (!control.gate.update(now, dt, control.current())) continue;
      this.event("info", "lease.expired", "the lease was not renewed", id);
      this.stream.statusSoon();
    }
    this.devices.update(now);
  }

  private write(now: number): void {
    for (const event of this.events.takeNew()) this.stream.broadcast({ op: "event", event });
    this.stream.write(now, this.status.values(), () => [...this.control.values()].map((c) => c.status()));
  }

  private take({ source, received, input }: Arrival): void {
    this.graph.beginRevision();
    switch (input.kind) {
      case "client":
        takeClientMessage(this.clientContext, input.session, input.name, input.message, this.now);
        return;
      case "clientGone":
        for (const [id, control] of this.control) {
          const holder = control.gate.lease.current()?.holder ?? "who drove";
          if (!control.gate.releaseSession(input.session)) continue;
          this.event("warning", "lease.lost", `${holder} is gone and drives no more`, id);
          this.stream.statusSoon();
        }
        return;
      case "design":
        this.stream.showDesign({ op: "design", robot: input.robot, report: input.report });
        return;
      case "status":
        this.takeStatus(input.status);
        return;
      case "forget": {
        const control = this.control.get(input.robot);
        control?.gate.endMotion("reloaded", "another robot takes its place");
        control?.setCapabilities({ trajectory: [], twist: false });
        this.robots.get(input.robot)?.forget();
        this.devices.reseat();
        return;
      }
      case "forgetDevices":
        this.devices.forget();
        return;
      case "capabilities":
        this.control.get(input.robot)?.setCapabilities(input.capabilities);
        this.stream.statusSoon();
        return;
      case "goal": {
        const { robot, goalId, stage, code, message, error } = input;
        this.control.get(robot)?.gate.goalReport(goalId, stage, code, message, error, this.now);
        return;
      }
      default:
        this.intake.take(source, received, input, this.now);
    }
  }

  /** A robot's description came or changed: motion made for the old one ends, devices find their links. */
  private describe(robot: RobotTwin, warnings: readonly string[]): void {
    const { description, id } = robot;
    if (description === null) return;
    const isReload = robot.descriptionCount > 1;
    if (isReload) this.control.get(id)?.gate.endMotion("reloaded", "the robot's description changed");
    const { name, joints } = description.model;
    this.event(
      "info",
      isReload ? "robot.reloaded" : "robot.loaded",
      `"${name}", ${joints.length} joints`,
      id,
    );
    for (const warning of warnings.slice(0, maxWarnings)) {
      this.event("warning", "robot.description", warning, id);
    }
    this.devices.reseat();
    this.stream.broadcast({ op: "description", robot: id, name, hash: description.hash });
  }

  private takeStatus(status: SourceStatus): void {
    const known = this.status.get(status.name);
    this.status.set(status.name, status);
    const isReasonNew = known?.reason !== status.reason;
    if (known?.state === status.state && known.detail === status.detail && !isReasonNew) return;
    this.stream.statusSoon();
    if (isReasonNew && status.reason !== undefined) {
      const remedy = status.remedy === undefined ? "" : `; ${status.remedy}`;
      this.event("warning", `${status.name}.waiting`, `${status.name}: ${status.reason}${remedy}`);
    }
    if (known?.state === status.state && (status.state !== "connecting" || known.detail === status.detail))
      return;
    const isBad = status.state === "lost" || status.state === "error";
    const message = `${status.name} ${status.state}${status.detail === "" ? "" : `: ${status.detail}`}`;
    this.event(isBad ? "warning" : "info", `${status.name}.${status.state}`, message);
  }

  private controlContext(robot: string, sink: RobotSink, replies: CommandReplies): ControlContext {
    return {
      replies,
      sink,
      now: () => this.now,
      event: (severity, kind, message, data) => this.event(severity, kind, message, robot, data),
      countResult: (stage) => this.counters.commands.set(stage, (this.counters.commands.get(stage) ?? 0) + 1),
      devices: this.devices,
    };
  }

  private fleetContext({ devices: sink, robots, mayBind = () => true }: EngineOptions): FleetContext {
    return {
      sink,
      mayBind,
      defaultRobot: robots[0]?.id ?? "",
      event: (severity, kind, text) => this.event(severity, kind, text),
      measured: (robot) => this.robots.get(robot) ?? null,
      mayHold: (robot) => {
        const gate = this.control.get(robot)?.gate;
        return gate !== undefined && gate.lease.current() !== null && gate.latch.current() === null;
      },
      report: (robot, goal, stage, code, message, error) =>
        this.control.get(robot)?.gate.goalReport(goal, stage, code, message, error, this.now),
      controllersChanged: (robot) => {
        const { devices } = this;
        this.control.get(robot)?.setDevices(devices.controllersOf(robot), devices.rangesOf(robot));
        this.stream.statusSoon();
      },
    };
  }

  private event(
    severity: EventSeverity,
    kind: string,
    message: string,
    robot?: string,
    data?: Record<string, unknown>,
  ): void {
    this.events.add(this.now, this.graph.revision, severity, kind, message, robot, data);
  }
}
