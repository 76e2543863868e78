import type { JoinedNode } from "../../../src/app/ros-link.ts";
import type { Inbox } from "../../../src/engine/ports/inbox.ts";
import type { RobotSink } from "../../../src/engine/ports/sinks.ts";
import type { RobotConfig } from "../../../src/io/config/config-schema.ts";
import type { RosNodeOptions } from "../../../src/io/ros/ros-node.ts";
import type { RosRobot } from "../../../src/io/ros/ros-robot.ts";

/** A robot's side on ROS that notes what it is told. */
export class FakeRosRobot implements RobotSink {
  present = false;
  readonly told: string[] = [];

  isPresent = (): boolean => this.present;
  setChosen = (chosen: boolean): void => void this.told.push(chosen ? "chosen" : "not chosen");
  setStopped = (stopped: boolean): void => void this.told.push(stopped ? "stopped" : "reset");
  sendTrajectory = (): void => void this.told.push("trajectory");
  cancelTrajectory = (goalId: string): void => void this.told.push(`cancel ${goalId}`);
  sendTask = ({ target }: { target: string }): void => void this.told.push(`task ${target}`);
  cancelTask = (taskId: string): void => void this.told.push(`cancel task ${taskId}`);
  sendTwist = ({ x }: { x: number }): void => void this.told.push(`twist ${x}`);
}

/** The node `/twin` without ROS: a test says when it starts, what it sees and when it looks. */
export class FakeRosNode implements JoinedNode {
  readonly fakes = new Map<string, FakeRosRobot>();
  isStopped = false;
  private hasStarted!: () => void;
  private hasFailed!: (error: unknown) => void;
  private readonly begun = new Promise<void>((resolve, reject) => {
    this.hasStarted = resolve;
    this.hasFailed = reject;
  });

  constructor(
    readonly options: RosNodeOptions,
    _inbox: Inbox,
    _now: () => number,
  ) {}

  get robots(): Map<string, RosRobot> {
    return this.fakes as unknown as Map<string, RosRobot>;
  }

  start(): Promise<void> {
    return this.begun;
  }

  /** The node is up: it listens to the robots that are configured. */
  async spins(): Promise<void> {
    for (const config of this.options.robots) this.add(config);
    this.hasStarted();
    await settled();
  }

  async fails(error: unknown): Promise<void> {
    this.hasFailed(error);
    await settled();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
  }

  add(config: RobotConfig): RosRobot {
    const robot = new FakeRosRobot();
    this.fakes.set(config.id, robot);
    return robot as unknown as RosRobot;
  }

  remove(id: string): void {
    this.fakes.delete(id);
  }

  robot(id: string): FakeRosRobot {
    const robot = this.fakes.get(id);
    if (robot === undefined) throw new Error(`the node does not listen to ${id}`);
    return robot;
  }

  /** A description appears in a namespace. */
  finds(id: string, namespace: string): FakeRosRobot {
    const { discovery } = this.options;
    if (discovery === null) throw new Error("nobody looks for robots");
    const config = discovery.configOf(id, namespace);
    discovery.found(config, this.add(config));
    return this.robot(id);
  }

  /** Looks at the ROS graph. */
  async looks(): Promise<void> {
    this.options.onPoll();
    await settled();
  }
}

/** Lets promises that are settled carry on. */
export const settled = () => new Promise<void>((done) => setImmediate(done));
