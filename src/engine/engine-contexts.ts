import type { Stage } from "../command/gate-output.ts";
import type { EventSeverity } from "../protocol/state-messages.ts";
import type { TwinGraph } from "../twin/graph.ts";
import type { DeviceFleet, FleetContext } from "./devices/device-fleet.ts";
import type { EngineOptions } from "./engine-options.ts";
import type { PlanDesk } from "./plan-desk.ts";
import type { Inbox } from "./ports/inbox.ts";
import type { Outbox } from "./ports/outputs.ts";
import type { RobotControl } from "./robot/robot-control.ts";
import type { RobotTwin } from "./robot/robot-twin.ts";
import type { RobotClock } from "./robot-clock.ts";
import type { RobotFleetContext } from "./robot-fleet.ts";
import type { SampleFeed } from "./sample-feed.ts";
import type { StateStream } from "./stream/state-stream.ts";

/** The parts of an engine that its robots and devices have to do with. */
export type EngineParts = {
  out: Outbox;
  inbox: Inbox;
  stream: StateStream;
  robots: ReadonlyMap<string, RobotTwin>;
  control: ReadonlyMap<string, RobotControl>;
  devices(): DeviceFleet;
  /** Server ms of the running cycle. */
  now(): number;
  event(
    severity: EventSeverity,
    kind: string,
    text: string,
    robot?: string,
    data?: Record<string, unknown>,
  ): void;
  graph: TwinGraph;
  samples: SampleFeed;
  plans: PlanDesk;
  /** The time of simulated robots. */
  clock: RobotClock;
  /** How many answers of each stage were given. */
  results: Map<Stage, number>;
};

/** What the robots need of the engine around them. */
export function robotContext(
  parts: EngineParts,
  { runName, estimators, closed = null }: EngineOptions,
): RobotFleetContext {
  const { results } = parts;
  return {
    closed,
    graph: parts.graph,
    out: parts.out,
    stream: parts.stream,
    samples: parts.samples,
    runName,
    devices: parts.devices,
    plans: parts.plans,
    now: parts.now,
    clock: parts.clock,
    estimators: (robot) => estimators?.(robot),
    event: parts.event,
    countResult: (stage) => results.set(stage, (results.get(stage) ?? 0) + 1),
  };
}

/** What the devices need of the engine around them. */
export function deviceContext(
  parts: EngineParts,
  { robots, mayBind = () => true, deviceAnswerMs }: EngineOptions,
): FleetContext {
  return {
    out: parts.out,
    mayBind,
    deviceAnswerMs,
    defaultRobot: robots[0]?.id ?? "",
    event: (severity, kind, text) => parts.event(severity, kind, text),
    measured: (robot) => parts.robots.get(robot) ?? null,
    now: parts.now,
    mayHold: (robot) => {
      const gate = parts.control.get(robot)?.gate;
      return gate !== undefined && gate.lease.current() !== null && gate.latch.current() === null;
    },
    report: (robot, report) =>
      parts.inbox.pushOwn(`devices:${robot}`, parts.now(), { kind: "goal", robot, ...report }),
    controllersChanged: (robot) => {
      parts.control.get(robot)?.setDevices(parts.devices().drivesOf(robot));
      parts.stream.statusSoon();
    },
  };
}
