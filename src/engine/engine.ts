import type { EventSeverity, SourceStatus, TwinJson } from "../protocol/state-messages.ts";
import { TwinGraph } from "../twin/graph.ts";
import {
  type PropertyView,
  propertyView,
  type ThingView,
  thingsView,
  thingView,
} from "../twin/graph-json.ts";
import { BirthAdmission } from "./birth-admission.ts";
import { type ClientContext, takeClientMessage } from "./client-messages.ts";
import { DeviceFleet } from "./devices/device-fleet.ts";
import { deviceContext, type EngineParts, robotContext } from "./engine-contexts.ts";
import type { EngineCounters, EngineOptions } from "./engine-options.ts";
import { PlanDesk } from "./plan-desk.ts";
import { EventLog } from "./ports/event-log.ts";
import { Inbox } from "./ports/inbox.ts";
import type { Arrival } from "./ports/inputs.ts";
import { Outbox } from "./ports/outputs.ts";
import { Rehearsals } from "./rehearsals.ts";
import type { RobotControl } from "./robot/robot-control.ts";
import type { RobotTwin } from "./robot/robot-twin.ts";
import { RobotClock } from "./robot-clock.ts";
import { RobotFleet } from "./robot-fleet.ts";
import { SampleFeed } from "./sample-feed.ts";
import { SourceIntake } from "./source-intake.ts";
import { noteStatus } from "./status-event.ts";
import { StateStream } from "./stream/state-stream.ts";
import { takeViewer } from "./viewer-messages.ts";
import { Watchdogs } from "./watchdogs.ts";

/**
 * The middle of the program: a deterministic cycle of read, update, write. It has no clock and no
 * socket; the same inputs and the same list of `now` give the same graph, commands and frames.
 */
export class Engine {
  readonly graph: TwinGraph;
  readonly inbox: Inbox;
  readonly events: EventLog;
  readonly stream: StateStream;
  readonly robots: ReadonlyMap<string, RobotTwin>;
  readonly control: ReadonlyMap<string, RobotControl>;
  /** Every sample that the graph gets, for those who ask. */
  readonly samples: SampleFeed;
  readonly status = new Map<string, SourceStatus>();
  readonly counters: EngineCounters = { cycles: 0, commands: new Map() };
  private readonly out: Outbox;
  private readonly fleet: RobotFleet;
  private readonly devices: DeviceFleet;
  readonly intake: SourceIntake;
  private readonly rehearsals: Rehearsals;
  private readonly plans: PlanDesk;
  readonly watchdogs: Watchdogs;
  private readonly admission: BirthAdmission;
  private readonly unreadBytes: (viewer: string) => number;
  private readonly clientContext: ClientContext;
  private now = 0;
  private last = -1;
  private readonly clock = new RobotClock();
  private readonly takeArrival = (arrival: Arrival): void => this.take(arrival);
  private readonly countDropped = (source: string, count: number): void => {
    this.graph.source(source).counts.dropped += count;
    const message = `${source}: ${count} messages came faster than they could be taken`;
    this.event("warning", "source.overflow", message);
  };

  constructor(options: EngineOptions) {
    this.graph = new TwinGraph(options.sourcePriority);
    this.out = new Outbox(options.emit);
    this.events = new EventLog((event) => this.out.push({ kind: "event", event }));
    this.inbox = new Inbox(undefined, options.onArrival ?? null);
    this.unreadBytes = options.unreadBytes ?? (() => 0);
    this.stream = new StateStream(this.graph, options.version, this.out);
    this.samples = new SampleFeed(this.graph);
    const control = (robot: string) => this.control.get(robot);
    const groups = (twin: RobotTwin) => this.fleet.library.groups(twin);
    this.plans = new PlanDesk(options.runName, this.out, control, () => this.now, groups);
    this.fleet = new RobotFleet(robotContext(this.parts(), options));
    this.robots = this.fleet.twins;
    this.control = this.fleet.control;
    this.devices = new DeviceFleet(this.graph, deviceContext(this.parts(), options));
    for (const robot of options.robots) this.fleet.add(robot);
    this.rehearsals = new Rehearsals(this.out);
    const { graph, status } = this;
    const tell: ClientContext["event"] = (...event) => this.event(...event);
    this.watchdogs = new Watchdogs({ graph, control: this.control, status, event: tell });
    this.admission = new BirthAdmission(this.fleet, this.devices, options.admit ?? (() => null));
    this.clientContext = {
      closed: options.closed ?? null,
      control: this.control,
      isAway: this.isAway,
      stopAway: (robot, stop) => this.fleet.stopAway(robot, stop),
      stream: this.stream,
      out: this.out,
      rehearsals: this.rehearsals,
      plans: this.plans,
      watchdogs: this.watchdogs,
      event: tell,
    };
    this.intake = new SourceIntake({
      library: this.fleet.library,
      graph: this.graph,
      robots: this.robots,
      devices: this.devices,
      event: (severity, kind, message, robot) => this.event(severity, kind, message, robot),
      onDescription: (robot, warnings) => this.fleet.describe(robot, warnings),
    });
  }

  /** READ alone, between two cycles, and what viewers get of it. `now` as in `cycle`; a recorded run names these, too. */
  read(now: number): void {
    this.takeArrivals(now);
    this.samples.drain(now);
    this.stream.writeBetween(now);
    this.out.flush();
  }

  /** One cycle at server ms `now`, which must not fall. */
  cycle(now: number): void {
    this.now = now;
    const dt = this.last < 0 ? 0 : Math.min(0.1, Math.max(0, (now - this.last) / 1000));
    this.last = now;
    this.counters.cycles++;
    this.takeArrivals(now);
    this.update(now, dt);
    this.write(now);
    this.out.flush();
  }

  /** Ends all motion, for a shutdown: cancels goals and sends the zero. */
  shutdown(): void {
    for (const control of this.control.values()) {
      control.gate.endMotion("shutdown", "the twin is going down", this.now);
      this.devices.halt(control.twin.id);
    }
    this.out.flush();
  }

  twinJson(): TwinJson {
    return { revision: this.graph.revision, time: this.now, things: thingsView(this.graph) };
  }

  /** One thing as in `twinJson`. */
  thingJson(id: string): ThingView | null {
    const thing = this.graph.things.get(id);
    return thing === undefined ? null : thingView(this.graph, thing);
  }

  /** One property of a thing; null when there is none at that path. */
  propertyJson(id: string, path: string): PropertyView | null {
    const property = this.graph.things.get(id)?.properties.get(path);
    return property === undefined ? null : propertyView(this.graph, property);
  }

  private takeArrivals(now: number): void {
    this.now = now;
    this.inbox.drain(this.takeArrival, this.countDropped);
  }

  private update(now: number, dt: number): void {
    this.graph.judgeStaleness(now);
    this.samples.drain(now);
    this.fleet.update(now, dt);
    this.watchdogs.update(now);
    this.devices.update(now);
    this.plans.update();
    this.rehearsals.update(now, (robot) => this.control.get(robot)?.current());
    // What the update itself changed happened now, not in the next cycle.
    this.samples.drain(now);
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
        this.fleet.releaseSession(input.session);
        this.watchdogs.forget(input.session);
        this.plans.forget(input.session);
        return;
      case "viewerOpened":
      case "viewerSubscribed":
      case "viewerPast":
      case "viewerClosed":
        takeViewer(this.stream, input, this.unreadBytes, this.now);
        return;
      case "stalled":
        this.watchdogs.stalled(input.ms, this.now);
        return;
      case "clockJump":
        this.watchdogs.jumped(input.ms, this.now);
        return;
      case "scene":
        this.fleet.scene.take(input);
        return;
      case "design":
        this.stream.showDesign({ op: "design", robot: input.robot, report: input.report });
        return;
      case "status":
        if (noteStatus(this.status, input.status, (...event) => this.event(...event)))
          this.stream.statusSoon();
        return;
      case "forget":
        this.fleet.forget(input.robot);
        return;
      case "robotFound":
        this.fleet.found(input.robot, "ros");
        return;
      case "robotGone":
        this.fleet.lost(input.robot, "ros", input.reason);
        return;
      case "forgetDevices":
        this.devices.forget();
        this.admission.review();
        return;
      case "semantics":
        this.robots.get(input.robot)?.takeSemantics(input.text);
        return;
      case "collisionGeometry":
        this.fleet.takeGeometry(input.robot, input.hash, input.geometry);
        return;
      case "clock":
        this.clock.take(input.stamp, received);
        this.intake.take(source, received, input, this.now);
        return;
      case "note":
        this.event(input.severity, input.code, input.text, input.robot);
        return;
      case "capabilities":
        this.control.get(input.robot)?.setCapabilities(input.capabilities);
        this.stream.statusSoon();
        return;
      case "map":
        this.control.get(input.robot)?.base.take(input.map);
        this.intake.take(source, received, input, this.now);
        return;
      case "planAnswer":
        this.plans.take(input.answer);
        return;
      case "wayAnswer":
        this.plans.takeWay(input.answer);
        return;
      case "deviceUnsent":
        this.devices.unsent(input.device, input.id, input.objection);
        return;
      case "goal": {
        const control = this.control.get(input.robot);
        control?.gate.goalReport(input, this.now, control.current());
        return;
      }
      case "device":
        if (input.message.kind === "birth") {
          this.admission.takeBirth(input.message, () => this.intake.take(source, received, input, this.now));
        } else this.intake.take(source, received, input, this.now);
        return;
      default:
        this.intake.take(source, received, input, this.now);
    }
  }

  /** Whether a robot of this name was there, and is not now. */
  readonly isAway = (robot: string): boolean => this.fleet.isAway(robot);

  private parts(): EngineParts {
    return {
      out: this.out,
      inbox: this.inbox,
      stream: this.stream,
      robots: this.robots,
      control: this.control,
      devices: () => this.devices,
      now: () => this.now,
      event: (...event) => this.event(...event),
      graph: this.graph,
      samples: this.samples,
      plans: this.plans,
      clock: this.clock,
      results: this.counters.commands,
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
