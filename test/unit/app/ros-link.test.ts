import { describe, expect, it } from "vitest";
import { RobotRoster } from "../../../src/app/robot-roster.ts";
import { connectRos, type RosLink } from "../../../src/app/ros-link.ts";
import type { StopState } from "../../../src/command/stop-latch.ts";
import { Engine } from "../../../src/engine/engine.ts";
import type { Input } from "../../../src/engine/ports/inputs.ts";
import { configSchema, robotsAtStart } from "../../../src/io/config/config-schema.ts";
import type { Logger } from "../../../src/io/log.ts";
import { twoJointUrdf } from "../engine/engine-at-hand.ts";
import { FakeRosNode, settled } from "./fake-ros.ts";

type Setting = { robots?: unknown; demo?: boolean; insists?: boolean; stops?: Record<string, number> };

/** A simulated robot that may stand in: it notes when it begins and ends. */
class StandInAtHand {
  fault: Error | null = null;
  /** While true, its start is not over. */
  isSlow = false;
  private go: () => void = () => undefined;

  constructor(private readonly log: string[]) {}

  async start(): Promise<void> {
    this.log.push("stand-in begins");
    if (this.fault !== null) throw this.fault;
    if (this.isSlow) {
      await new Promise<void>((done) => {
        this.go = done;
      });
    }
    this.log.push("stand-in has begun");
  }

  async end(): Promise<void> {
    this.log.push("stand-in ends");
  }

  async finish(): Promise<void> {
    this.go();
    await settled();
  }
}

/** The engine with ROS beside it, at 100,000 ms of the server. */
class Twin {
  now = 100_000;
  readonly inputs: Input[] = [];
  readonly log: string[] = [];
  readonly standIn = new StandInAtHand(this.log);
  readonly engine: Engine;
  readonly roster: RobotRoster;
  readonly link: RosLink;
  node!: FakeRosNode;
  private readonly stops = new Map<string, StopState>();

  constructor({ robots = "auto", demo = false, insists = false, stops = {} }: Setting = {}) {
    for (const [robot, at] of Object.entries(stops)) this.stops.set(robot, { by: "Ann", at, reason: "" });
    const config = configSchema.parse({ robots });
    const atStart = robotsAtStart(config);
    this.engine = new Engine({
      robots: atStart.map(({ id }) => ({ id, limits: {}, stop: null })),
      emit: () => undefined,
      runName: "run",
      version: "0",
      onArrival: ({ input }) => this.inputs.push(input),
    });
    this.roster = new RobotRoster(atStart, { of: (robot) => this.stops.get(robot) ?? null }, () => this.now);
    const note = (line: string): void => void this.log.push(line);
    this.link = connectRos(
      {
        config,
        engine: this.engine,
        roster: this.roster,
        now: () => this.now,
        logger: { info: note, error: note } as unknown as Logger,
        rclnodejs: "/nowhere",
        insists,
        onStop: () => note("stop pressed"),
        onReset: () => note("reset pressed"),
        standIn: demo ? this.standIn : null,
      },
      (...of) => {
        this.node = new FakeRosNode(...of);
        return this.node;
      },
    );
  }

  /** Somebody presses the stop of a robot. */
  press(robot: string): void {
    this.stops.set(robot, { by: "Ann", at: this.now, reason: "" });
  }

  cycle(): void {
    this.now += 10;
    this.engine.cycle(this.now);
  }

  describe(robot: string): void {
    this.engine.inbox.push("ros:/d", this.now, { kind: "description", robot, text: twoJointUrdf });
    this.cycle();
  }

  statuses(): string[] {
    this.cycle();
    return this.inputs.flatMap((input) =>
      input.kind === "status" ? [`${input.status.state}: ${input.status.detail}`] : [],
    );
  }

  /** The robots that came and went, as the engine was told. */
  comings(): string[] {
    this.cycle();
    return this.inputs.flatMap((input) =>
      input.kind === "robotFound"
        ? [`+${input.robot.id}`]
        : input.kind === "robotGone"
          ? [`-${input.robot}: ${input.reason}`]
          : [],
    );
  }
}

describe("the link to ROS", () => {
  it("says that it connects, and joins the robots once the node spins", async () => {
    const twin = new Twin();
    expect(twin.statuses()).toEqual(["connecting: starting the node /twin"]);
    await twin.node.spins();
    expect(twin.node.robot("robot").told).toEqual(["chosen"]);
    twin.roster.sinks.get("robot")?.sendTwist({ x: 0.5, y: 0, yaw: 0 });
    expect(twin.node.robot("robot").told.at(-1)).toBe("twist 0.5");
  });

  it("says why the node does not start, and what to do", async () => {
    const twin = new Twin();
    await twin.node.fails(new Error("rcl_init failed"));
    expect(twin.statuses().at(-1)).toBe("error: rcl_init failed: see `twin doctor`");
  });

  it("waits for the start before it stops the node, also where that failed", async () => {
    const twin = new Twin();
    const stopped = twin.link.stop();
    await settled();
    expect(twin.node.isStopped).toBe(false);
    await twin.node.fails("no ROS");
    await stopped;
    expect(twin.node.isStopped).toBe(true);
  });

  it("passes the services for stop and reset on", () => {
    const twin = new Twin();
    twin.node.options.onStop();
    twin.node.options.onReset();
    expect(twin.log).toEqual(["stop pressed", "reset pressed"]);
  });
});

describe("a stop that is latched when a robot is joined", () => {
  const toldOn = async (twin: Twin) => {
    await twin.node.spins();
    return twin.node.robot("robot").told;
  };

  it("is carried out again where it is less than a minute old: it may not have reached everybody", async () => {
    expect(await toldOn(new Twin({ stops: { robot: 40_000 } }))).toEqual(["chosen", "stopped"]);
  });

  it("is carried out where it was pressed while ROS was still starting", async () => {
    const twin = new Twin();
    twin.now += 5000;
    twin.press("robot");
    expect(await toldOn(twin)).toEqual(["chosen", "stopped"]);
  });

  it("is left alone where it is older: goals of others that came since are theirs", async () => {
    expect(await toldOn(new Twin({ stops: { robot: 39_999 } }))).toEqual(["chosen"]);
  });

  it("of another robot is none of this one's", async () => {
    expect(await toldOn(new Twin({ stops: { cart: 99_000 } }))).toEqual(["chosen"]);
  });
});

describe("the simulated robot that stands in", () => {
  const begun = async (): Promise<Twin> => {
    const twin = new Twin({ demo: true });
    await twin.node.spins();
    return twin;
  };

  it("begins once no robot has shown for 1.2 s, and begins once", async () => {
    const twin = await begun();
    twin.now += 1200;
    await twin.node.looks();
    expect(twin.log).toEqual([]);
    twin.now += 1;
    await twin.node.looks();
    await twin.node.looks();
    expect(twin.log).toEqual([
      "no robot on ROS yet: a simulated robot runs until one appears (--ros on: none)",
      "stand-in begins",
      "stand-in has begun",
    ]);
    expect(twin.node.robot("robot").told.at(-1)).toBe("not chosen");
  });

  it("never begins where a robot was on ROS in time, also when that goes later", async () => {
    const twin = await begun();
    twin.node.robot("robot").present = true;
    await twin.node.looks();
    twin.node.robot("robot").present = false;
    twin.now += 60_000;
    await twin.node.looks();
    expect(twin.log).toEqual([]);
  });

  it("never begins where none may", async () => {
    const twin = new Twin();
    await twin.node.spins();
    twin.now += 60_000;
    await twin.node.looks();
    expect(twin.log).toEqual([]);
  });

  it("steps aside for a robot on ROS, which gets the commands only after it", async () => {
    const twin = await begun();
    twin.now += 2000;
    await twin.node.looks();
    const robot = twin.node.robot("robot");
    robot.present = true;
    await twin.node.looks();
    expect(twin.log.slice(3)).toEqual(["a robot is on ROS: the simulated robot is removed", "stand-in ends"]);
    expect(robot.told).toEqual(["chosen", "not chosen", "chosen"]);
  });

  it("is ended only when it has wholly begun", async () => {
    const twin = await begun();
    twin.standIn.isSlow = true;
    twin.now += 2000;
    await twin.node.looks();
    twin.node.robot("robot").present = true;
    await twin.node.looks();
    expect(twin.log).not.toContain("stand-in ends");
    expect(twin.node.robot("robot").told.at(-1)).toBe("not chosen");
    await twin.standIn.finish();
    expect(twin.log.slice(-2)).toEqual(["stand-in has begun", "stand-in ends"]);
    expect(twin.node.robot("robot").told.at(-1)).toBe("chosen");
  });

  it("that cannot begin is reported, and the robot on ROS is joined all the same", async () => {
    const twin = await begun();
    twin.standIn.fault = new Error("no port is free");
    twin.now += 2000;
    await twin.node.looks();
    expect(twin.log).toContain("Error: no port is free");
    twin.node.robot("robot").present = true;
    await twin.node.looks();
    expect(twin.node.robot("robot").told.at(-1)).toBe("chosen");
  });

  it("keeps robots that are found meanwhile from speaking, until it is gone", async () => {
    const twin = await begun();
    twin.now += 2000;
    await twin.node.looks();
    const found = twin.node.finds("r1", "/r1");
    expect(found.told).toEqual(["not chosen"]);
    found.present = true;
    await twin.node.looks();
    expect(found.told).toEqual(["not chosen", "chosen"]);
  });

  it("keeps robots on ROS from being taken for gone", async () => {
    const twin = await begun();
    twin.now += 2000;
    await twin.node.looks();
    twin.node.options.discovery?.gone("robot", "nothing publishes it");
    expect(twin.comings()).toEqual([]);
  });
});

describe("robots that are found by themselves", () => {
  it("are taken in, joined and stopped where a stop is kept for them", async () => {
    const twin = new Twin({ stops: { r1: 90_000 } });
    await twin.node.spins();
    expect(twin.node.finds("r1", "/r1").told).toEqual(["chosen", "stopped"]);
    expect(twin.comings()).toEqual(["+r1"]);
    expect(twin.roster.configs.get("r1")?.namespace).toBe("/r1");
  });

  it("take the place of the one that is waited for at the root", async () => {
    const twin = new Twin();
    await twin.node.spins();
    twin.node.finds("r1", "/r1");
    twin.node.options.discovery?.gone("robot", "nothing publishes it");
    expect(twin.comings()).toEqual(["+r1", "-robot: robots were found in other namespaces"]);
    expect([...twin.node.fakes.keys()]).toEqual(["r1"]);
  });

  it("go with the reason, and the last one leaves a robot at the root that is waited for", async () => {
    const twin = new Twin();
    await twin.node.spins();
    twin.node.finds("r1", "/r1");
    twin.node.options.discovery?.gone("robot", "");
    twin.cycle();
    twin.describe("r1");
    twin.node.options.discovery?.gone("r1", "nothing in /r1 publishes it any more");
    expect(twin.comings().slice(2)).toEqual(["-r1: nothing in /r1 publishes it any more", "+robot"]);
    expect(twin.node.robot("robot").told).toEqual(["chosen"]);
    expect(twin.roster.ids()).toEqual(["robot"]);
  });

  it("stay where they are fed from elsewhere: MQTT may know a robot that ROS does not describe", async () => {
    const twin = new Twin();
    await twin.node.spins();
    twin.node.finds("r1", "/r1");
    twin.engine.inbox.push("mqtt:battery", twin.now, {
      kind: "mapped",
      robot: "robot",
      path: "battery/voltage",
      unit: "V",
      value: 24,
      stamp: null,
      sequence: 0,
      retained: false,
    });
    twin.cycle();
    twin.node.options.discovery?.gone("robot", "nothing publishes it");
    expect(twin.comings()).toEqual(["+r1"]);
    expect(twin.roster.ids()).toEqual(["robot", "r1"]);
  });

  it("are not looked for where the configuration lists the robots", async () => {
    const twin = new Twin({ robots: [{ id: "left", namespace: "left" }, { id: "right" }] });
    await twin.node.spins();
    expect(twin.node.options.discovery).toBeNull();
    expect([...twin.node.fakes.keys()]).toEqual(["left", "right"]);
  });
});

describe("what the robots on ROS lack", () => {
  it("is not asked while it is undecided whether a simulated robot stands in, nor while one does", async () => {
    const twin = new Twin({ demo: true });
    await twin.node.spins();
    expect(twin.node.options.lack()).toBeNull();
    twin.now += 2000;
    await twin.node.looks();
    expect(twin.node.options.lack()).toBeNull();
    twin.node.robot("robot").present = true;
    await twin.node.looks();
    expect(twin.node.options.lack()).not.toBeNull();
  });

  it("is a description first, then measured joints, then nothing", async () => {
    const twin = new Twin();
    await twin.node.spins();
    const needs = () =>
      twin.node.options.lack()?.needs.map(({ description, joints }) => [description, joints]);
    expect(needs()).toEqual([[true, false]]);
    twin.describe("robot");
    expect(needs()).toEqual([[false, true]]);
    twin.engine.inbox.push("ros:/joint_states", twin.now, {
      kind: "jointState",
      robot: "robot",
      message: { stamp: { sec: 100, nanosec: 0 }, name: ["a"], position: [0.1], velocity: [], effort: [] },
    });
    twin.cycle();
    expect(needs()).toEqual([[false, false]]);
  });

  it("is required where a description is to come from ROS, or where the user insists", async () => {
    const ofFile = [{ id: "arm", description: "arm.urdf" }];
    for (const [setting, isRequired] of [
      [{}, true],
      [{ robots: ofFile }, false],
      [{ robots: ofFile, insists: true }, true],
    ] as const) {
      const twin = new Twin(setting);
      await twin.node.spins();
      expect(twin.node.options.lack()?.isRequired).toBe(isRequired);
    }
  });
});
