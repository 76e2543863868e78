import type { Stage } from "../command/gate-output.ts";
import type { StopState } from "../command/stop-latch.ts";
import type { RobotId, SessionId } from "../core/names.ts";
import { estimateEveryMs } from "../predict/pace.ts";
import type { MakeEstimators } from "../predict/robot-estimators.ts";
import type { EventSeverity } from "../protocol/state-messages.ts";
import type { TwinGraph } from "../twin/graph.ts";
import type { DeviceFleet } from "./devices/device-fleet.ts";
import type { PlanDesk } from "./plan-desk.ts";
import type { CollisionGeometry } from "./ports/collision-geometry.ts";
import type { EngineRobot } from "./ports/engine-robot.ts";
import type { Outbox } from "./ports/outputs.ts";
import { Library } from "./robot/library.ts";
import { RobotControl } from "./robot/robot-control.ts";
import { RobotTwin } from "./robot/robot-twin.ts";
import type { RobotClock } from "./robot-clock.ts";
import type { SampleFeed } from "./sample-feed.ts";
import { Scene } from "./scene.ts";
import type { StateStream } from "./stream/state-stream.ts";

/** How many of a description's warnings become events. */
const maxWarnings = 20;
/** More robots than this are refused: a graph full of strangers must not use up the memory. */
const maxRobots = 2048;

/** Lease epochs of one visit do not meet those of the next. */
const epochsAVisit = 1_000_000;
/** A stop of all robots also holds for those that appear within this time. ms */
const stopOfAllMs = 60_000;
/** So many robots that have gone are remembered, with their stops. */
const mostGone = 1024;

/** Who may say that a robot is there: ROS has its description, or a device's birth names it. */
export type Holder = "ros" | "birth";

/** What the robots need of the engine around them. */
export type RobotFleetContext = {
  graph: TwinGraph;
  out: Outbox;
  stream: StateStream;
  samples: SampleFeed;
  /** Makes the goal ids of two runs differ. */
  runName: string;
  devices(): DeviceFleet;
  plans: PlanDesk;
  /** Server ms of the running cycle. */
  now(): number;
  /** The time of simulated robots. */
  clock: RobotClock;
  estimators(robot: string): MakeEstimators | undefined;
  event(
    severity: EventSeverity,
    kind: string,
    message: string,
    robot?: string,
    data?: Record<string, unknown>,
  ): void;
  countResult(stage: Stage): void;
  /** Why no command is taken; null: they are. */
  closed: string | null;
};

/** The robots: each with its state and its command gate. They may come and go while the program runs. */
export class RobotFleet {
  readonly twins = new Map<RobotId, RobotTwin>();
  readonly library = new Library();
  readonly control = new Map<RobotId, RobotControl>();
  /** The same, to be walked through in each cycle. */
  private list: readonly RobotControl[] = [];
  /** The stops of robots that have gone: they are stopped when they come back. */
  private readonly gone = new Map<string, StopState | null>();
  /** How often each robot came: goal ids of its visits must differ. */
  private readonly visits = new Map<string, number>();
  /** Who says that a robot is there; those of the configuration are not in it. */
  private readonly holders = new Map<RobotId, Set<Holder>>();
  /** The last stop of all robots. */
  private stopOfAll: StopState | null = null;
  private readonly endFeeds = new Map<string, () => void>();

  /** What stands around them. */
  readonly scene: Scene;

  constructor(private readonly context: RobotFleetContext) {
    const { graph, event } = context;
    this.scene = new Scene({ graph, robots: this.twins, event });
  }

  /** Takes a robot in; false when it is there already, or one too many. */
  add(robot: EngineRobot): boolean {
    const { id, limits, stop, isGeometryRead = false, fixedFrame = null } = robot;
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
        clock: context.clock,
        event: (severity, kind, message, data) => context.event(severity, kind, message, id, data),
        countResult: context.countResult,
        devices: context.devices(),
        plans: context.plans,
        scene: this.scene,
        library: this.library,
        closed: context.closed,
      },
      limits,
      runName,
      { remembered: this.gone.get(id) ?? stop, firstEpoch: (visit - 1) * epochsAVisit, robot },
    );
    this.gone.delete(id);
    this.twins.set(id, twin);
    this.control.set(id, control);
    this.list = [...this.control.values()];
    return true;
  }

  /** Takes in a robot that has appeared; `by` is who says so: it stays as long as somebody does. */
  found(robot: EngineRobot, by: Holder): void {
    const holders = this.holders.get(robot.id);
    if (holders !== undefined || this.twins.has(robot.id)) {
      this.holders.set(robot.id, (holders ?? new Set()).add(by));
      return;
    }
    const now = this.context.now();
    const all = this.stopOfAll !== null && now - this.stopOfAll.at < stopOfAllMs ? this.stopOfAll : null;
    const known = this.gone.get(robot.id) ?? robot.stop;
    if (!this.add({ ...robot, stop: known ?? all })) return;
    this.holders.set(robot.id, new Set([by]));
    if (known === null && all !== null) {
      this.context.out.push({ kind: "stopped", robot: robot.id, stopped: true });
      this.context.out.push({ kind: "stopMemory", robots: [robot.id], stop: all });
      this.context.event("warning", "stop.latched", `${robot.id} is stopped by ${all.by}`, robot.id);
    }
    this.context.event("info", "robot.found", `robot "${robot.id}" appeared`, robot.id);
    const devices = this.context.devices();
    devices.reseat(robot.id);
    this.control.get(robot.id)?.setDevices(devices.drivesOf(robot.id));
    this.context.stream.statusSoon();
  }

  /**
   * Somebody no longer says that a robot is there. Its motion ends; if nobody else does, its lease and its things go,
   * and a stop is kept until it comes back.
   */
  lost(id: RobotId, by: Holder, reason: string): void {
    const control = this.control.get(id);
    if (control === undefined) return;
    const { context } = this;
    const holders = this.holders.get(id);
    holders?.delete(by);
    control.gate.endMotion("robot_gone", reason, context.now());
    if (holders !== undefined && holders.size > 0) {
      if (by === "ros") control.setCapabilities({ trajectory: [], twist: false });
      context.stream.statusSoon();
      return;
    }
    this.remove(id, control, reason);
  }

  private remove(id: RobotId, control: RobotControl, reason: string): void {
    const { context } = this;
    this.holders.delete(id);
    const lease = control.gate.lease.current();
    context.devices().halt(id);
    if (lease !== null) {
      control.gate.releaseSession(lease.session, context.now(), control.current());
      context.event("warning", "lease.lost", `${lease.holder} no longer drives ${id}: ${reason}`, id);
    }
    this.keepGone(id, control.gate.latch.current());
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

  /** Remembers a robot that has gone, in a bounded number: those that are not stopped are forgotten first. */
  private keepGone(id: RobotId, stop: StopState | null): void {
    this.gone.delete(id);
    this.gone.set(id, stop);
    if (this.gone.size <= mostGone) return;
    const oldest = [...this.gone].find(([, known]) => known === null) ?? [...this.gone][0];
    if (oldest !== undefined) this.gone.delete(oldest[0]);
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

  /** Whether a robot was there, and is not now. */
  isAway(id: RobotId): boolean {
    return this.gone.has(id);
  }

  /**
   * Latches the stop of robots that are away, for `id` or "*": it holds when they come back. A stop of all also holds for
   * robots that appear in the next minute: who presses it means them, too. Those that it is new for.
   */
  stopAway(id: RobotId | "*", stop: StopState): RobotId[] {
    if (id === "*") this.stopOfAll = stop;
    const fresh = [...this.gone].filter(([robot, known]) => known === null && (id === "*" || id === robot));
    for (const [robot] of fresh) this.gone.set(robot, stop);
    return fresh.map(([robot]) => robot);
  }

  /** The session ended: its leases end too. */
  releaseSession(session: SessionId): void {
    for (const [id, control] of this.control) {
      control.requests.drop(session);
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
    this.scene.described(twin);
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
      if (control.sequence.isRunning) control.sequence.update(now);
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
