import type { Stage } from "../command/gate-output.ts";
import type { StopState } from "../command/stop-latch.ts";
import type { RobotId, SessionId } from "../core/names.ts";
import { estimateEveryMs } from "../predict/pace.ts";
import type { MakeEstimators } from "../predict/robot-estimators.ts";
import type { EventSeverity } from "../protocol/state-messages.ts";
import type { TwinGraph } from "../twin/graph.ts";
import type { DeviceFleet } from "./devices/device-fleet.ts";
import type { CollisionGeometry } from "./ports/collision-geometry.ts";
import type { EngineRobot } from "./ports/engine-robot.ts";
import type { Outbox } from "./ports/outputs.ts";
import { RobotControl } from "./robot/robot-control.ts";
import { RobotTwin } from "./robot/robot-twin.ts";
import type { SampleFeed } from "./sample-feed.ts";
import type { StateStream } from "./stream/state-stream.ts";

/** How many of a description's warnings become events. */
const maxWarnings = 20;
/** More robots than this are refused: a graph full of strangers must not use up the memory. */
const maxRobots = 2048;

/** What the robots need of the engine around them. */
export type RobotFleetContext = {
  graph: TwinGraph;
  out: Outbox;
  stream: StateStream;
  samples: SampleFeed;
  /** Makes the goal ids of two runs differ. */
  runName: string;
  devices(): DeviceFleet;
  /** Server ms of the running cycle. */
  now(): number;
  /** The simulated robots' own time, ms; null: they run by our time. */
  robotTime(): number | null;
  estimators(robot: string): MakeEstimators | undefined;
  event(
    severity: EventSeverity,
    kind: string,
    message: string,
    robot?: string,
    data?: Record<string, unknown>,
  ): void;
  countResult(stage: Stage): void;
};

/** The robots: each with its state and its command gate. They may come and go while the program runs. */
export class RobotFleet {
  readonly twins = new Map<RobotId, RobotTwin>();
  readonly control = new Map<RobotId, RobotControl>();
  /** The same, to be walked through in each cycle. */
  private list: readonly RobotControl[] = [];
  /** The stops of robots that have gone: they are stopped when they come back. */
  private readonly gone = new Map<string, StopState | null>();
  /** How often each robot came: goal ids of its visits must differ. */
  private readonly visits = new Map<string, number>();
  private readonly endFeeds = new Map<string, () => void>();

  constructor(private readonly context: RobotFleetContext) {}

  /** Takes a robot in; false when it is there already, or one too many. */
  add({ id, limits, stop, isGeometryRead = false, fixedFrame = null }: EngineRobot): boolean {
    const { context } = this;
    if (this.twins.has(id)) return false;
    if (this.twins.size >= maxRobots) {
      context.event("warning", "robot.too_many", `"${id}" is left out: more than ${maxRobots} robots`);
      return false;
    }
    const twin = new RobotTwin(context.graph, id, {
      estimators: context.estimators(id),
      isGeometryRead,
      fixedFrame,
      tell: (severity, kind, message) => context.event(severity, kind, message, id),
    });
    const visit = (this.visits.get(id) ?? 0) + 1;
    this.visits.set(id, visit);
    const runName = visit === 1 ? context.runName : `${context.runName}.${visit}`;
    const control = new RobotControl(
      twin,
      {
        out: context.out,
        now: context.now,
        robotTime: context.robotTime,
        event: (severity, kind, message, data) => context.event(severity, kind, message, id, data),
        countResult: context.countResult,
        devices: context.devices(),
      },
      limits,
      runName,
      this.gone.get(id) ?? stop,
    );
    this.gone.delete(id);
    this.twins.set(id, twin);
    this.control.set(id, control);
    this.list = [...this.control.values()];
    return true;
  }

  /** Takes in a robot that has appeared. */
  found(robot: EngineRobot): void {
    if (!this.add(robot)) return;
    const { context } = this;
    context.event("info", "robot.found", `robot "${robot.id}" appeared`, robot.id);
    const devices = context.devices();
    devices.reseat(robot.id);
    this.control.get(robot.id)?.setDevices(devices.drivesOf(robot.id));
    context.stream.statusSoon();
  }

  /** Removes a robot: its motion and its lease end, its things go. A stop is kept until it comes back. */
  remove(id: RobotId, reason: string): void {
    const control = this.control.get(id);
    if (control === undefined) return;
    const { context } = this;
    const lease = control.gate.lease.current();
    control.gate.endMotion("robot_gone", reason, context.now());
    context.devices().halt(id);
    if (lease !== null) {
      control.gate.releaseSession(lease.session, context.now(), control.current());
      context.event("warning", "lease.lost", `${lease.holder} no longer drives ${id}: ${reason}`, id);
    }
    this.gone.set(id, control.gate.latch.current());
    this.control.delete(id);
    this.list = [...this.control.values()];
    this.listenFor(id, false);
    control.twin.forget();
    context.graph.remove(id);
    this.twins.delete(id);
    context.event("warning", "robot.gone", `robot "${id}" is removed: ${reason}`, id);
    context.devices().reseat(id);
    context.stream.statusSoon();
  }

  /** Another robot takes this one's place. */
  forget(id: RobotId): void {
    const control = this.control.get(id);
    control?.gate.endMotion("reloaded", "another robot takes its place", this.context.now());
    control?.setCapabilities({ trajectory: [], twist: false });
    this.twins.get(id)?.forget();
    this.listenFor(id, false);
    this.context.devices().reseat(id);
  }

  /** Latches the stop of robots that are away, for `id` or "*": it holds when they come back. False when none is meant. */
  stopGone(id: RobotId | "*", stop: StopState): boolean {
    const meant = [...this.gone.keys()].filter((robot) => id === "*" || id === robot);
    for (const robot of meant) {
      if (this.gone.get(robot) !== null) continue;
      this.gone.set(robot, stop);
      this.context.out.push({ kind: "stopMemory", robot, stop });
    }
    return meant.length > 0;
  }

  /** The session ended: its leases end too. */
  releaseSession(session: SessionId): void {
    for (const [id, control] of this.control) {
      const holder = control.gate.lease.current()?.holder ?? "the holder";
      if (!control.gate.releaseSession(session, this.context.now(), control.current())) continue;
      this.context.event("warning", "lease.lost", `${holder} is gone and no longer drives ${id}`, id);
      this.context.stream.statusSoon();
    }
  }

  /** A robot's description came or changed: motion made for the old one ends, devices find their links. */
  describe(twin: RobotTwin, warnings: readonly string[]): void {
    const { description, id } = twin;
    if (description === null) return;
    const { context } = this;
    const isReload = twin.descriptionCount > 1;
    if (isReload) {
      const gate = this.control.get(id)?.gate;
      gate?.endMotion("reloaded", "the robot's description changed", context.now());
    }
    this.listenFor(id, twin.estimators?.readsSamples === true);
    const { name, joints } = description.model;
    const kind = isReload ? "robot.reloaded" : "robot.loaded";
    context.event("info", kind, `"${name}", ${joints.length} joints`, id);
    for (const warning of warnings.slice(0, maxWarnings)) {
      context.event("warning", "robot.description", warning, id);
    }
    context.devices().reseat(id);
    context.stream.broadcast({ op: "description", robot: id, name, hash: description.hash });
  }

  takeGeometry(id: string, hash: string, geometry: CollisionGeometry): void {
    if (this.twins.get(id)?.takeCollisionGeometry(hash, geometry) !== true) return;
    for (const finding of geometry.findings.slice(0, maxWarnings)) {
      this.context.event("warning", "robot.collisions", finding, id);
    }
  }

  /** Updates the estimates, then the gates' watchdogs. `dt` in s. */
  update(now: number, dt: number): void {
    const everyMs = estimateEveryMs(this.list.length);
    for (const { twin, gate } of this.list) twin.estimators?.update(now, gate.sent(), everyMs);
    for (const control of this.list) {
      const { gate } = control;
      if (gate.isQuiet(now)) continue;
      const holder = gate.lease.current()?.holder ?? "the holder";
      if (!gate.update(now, dt, control.current())) continue;
      const { id } = control.twin;
      const text = `${holder} no longer drives ${id}: the lease was not renewed`;
      this.context.event("info", "lease.expired", text, id);
      this.context.stream.statusSoon();
    }
  }

  /** Hands each sample to the estimators of a robot, or to them no more. */
  private listenFor(id: string, listens: boolean): void {
    if (listens === this.endFeeds.has(id)) return;
    this.endFeeds.get(id)?.();
    this.endFeeds.delete(id);
    if (!listens) return;
    const twin = this.twins.get(id);
    this.endFeeds.set(
      id,
      this.context.samples.listen((row) => twin?.estimators?.take(row)),
    );
  }
}
