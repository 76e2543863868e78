import type { EventSeverity } from "../protocol/state-messages.ts";
import type { DeviceFleet, FleetContext } from "./devices/device-fleet.ts";
import type { EngineOptions } from "./engine-options.ts";
import type { Inbox } from "./ports/inbox.ts";
import type { Outbox } from "./ports/outputs.ts";
import type { RobotControl } from "./robot/robot-control.ts";
import type { RobotTwin } from "./robot/robot-twin.ts";
import type { StateStream } from "./stream/state-stream.ts";

/** The parts of an engine that its devices have to do with. */
export type EngineParts = {
  out: Outbox;
  inbox: Inbox;
  stream: StateStream;
  robots: ReadonlyMap<string, RobotTwin>;
  control: ReadonlyMap<string, RobotControl>;
  devices(): DeviceFleet;
  /** Server ms of the running cycle. */
  now(): number;
  event(severity: EventSeverity, kind: string, text: string): void;
};

/** What the devices need of the engine around them. */
export function deviceContext(
  parts: EngineParts,
  { robots, mayBind = () => true }: EngineOptions,
): FleetContext {
  return {
    out: parts.out,
    mayBind,
    defaultRobot: robots[0]?.id ?? "",
    event: parts.event,
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
