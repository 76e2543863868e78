import type { StopState } from "../command/stop-latch.ts";
import type { EngineRobot } from "../engine/ports/engine-robot.ts";
import type { Inbox } from "../engine/ports/inbox.ts";
import type { RobotSink } from "../engine/ports/sinks.ts";
import type { RobotConfig } from "../io/config/config-schema.ts";
import type { StopFile } from "../io/stop-file.ts";
import { RobotSwitch } from "./robot-switch.ts";

/** The source of the inputs by which robots come and go. */
const source = "robots";

/** More robots are never there at once. */
const mostByBirth = 4096;

/** What the engine must know of a configured robot. */
export function engineRobot(config: RobotConfig, stops: Pick<StopFile, "of">): EngineRobot {
  const { id, limits, margin, selfCollision, fixedFrame, stop, commands, footprint, checkGoals } = config;
  const { uncheckedLinks } = config;
  const { ackermann } = commands;
  const turningRadius =
    ackermann === undefined ? undefined : ackermann.wheelbase / Math.tan(ackermann.steeringLimit);
  return {
    id,
    limits: turningRadius === undefined ? limits : { ...limits, turningRadius },
    stop: stops.of(id),
    stopKind: stop,
    margin,
    uncheckedLinks,
    footprint: footprint === "auto" ? null : footprint,
    checkGoals,
    isGeometryRead: selfCollision === "check",
    fixedFrame: fixedFrame === "auto" ? null : fixedFrame,
  };
}

/** The robots that the program knows of, with the way of their commands. Those of `robots: auto` come and go. */
export class RobotRoster {
  readonly configs = new Map<string, RobotConfig>();
  private readonly switches = new Map<string, RobotSwitch>();
  /** Descriptions of robots that a device's birth brought into being. */
  private readonly byBirth = new Map<string, string>();

  /** `atStart` are the robots that the engine has from the start. `now` is server ms. */
  constructor(
    atStart: readonly RobotConfig[],
    private readonly stops: Pick<StopFile, "of">,
    private readonly now: () => number,
  ) {
    for (const config of atStart) this.enter(config);
  }

  /** Where commands of a robot go; undefined: nowhere. */
  readonly sinks: { get(robot: string): RobotSink | undefined } = {
    get: (robot) => this.switches.get(robot),
  };

  /** The stop that is kept for a robot. */
  stopOf(robot: string): StopState | null {
    return this.stops.of(robot);
  }

  ids(): string[] {
    return [...this.configs.keys()];
  }

  /** The way of a robot's commands. A robot that has left has none. */
  switchOf(robot: string): RobotSwitch | undefined {
    return this.switches.get(robot);
  }

  /** A robot has appeared: the engine takes it in. */
  add(config: RobotConfig, inbox: Inbox): void {
    if (this.configs.has(config.id)) return;
    this.enter(config);
    inbox.push(source, this.now(), { kind: "robotFound", robot: engineRobot(config, this.stops) });
  }

  /** A robot has gone: the engine ends its motion and removes it. What it sends then still finds its way. */
  remove(id: string, reason: string, inbox: Inbox): void {
    if (!this.configs.delete(id)) return;
    inbox.push(source, this.now(), { kind: "robotGone", robot: id, reason });
  }

  /** The engine takes in a robot that a device names: no command of it leaves but to devices. */
  admitted({ id, description }: RobotConfig): void {
    this.byBirth.set(id, description);
    if (this.byBirth.size <= mostByBirth) return;
    for (const oldest of this.byBirth.keys()) {
      this.byBirth.delete(oldest);
      return;
    }
  }

  /** The key `description` of a robot's configuration. */
  descriptionOf(robot: string): string {
    return this.configs.get(robot)?.description ?? this.byBirth.get(robot) ?? "topic";
  }

  private enter(config: RobotConfig): void {
    this.configs.set(config.id, config);
    this.switches.set(config.id, new RobotSwitch());
  }
}
