import { afterEach, describe, expect, it } from "vitest";
import { demoSession } from "../../../src/app/demo-routine.ts";
import { RobotSwitch } from "../../../src/app/robot-switch.ts";
import { StandIn } from "../../../src/app/stand-in.ts";
import { Engine } from "../../../src/engine/engine.ts";
import type { Input } from "../../../src/engine/ports/inputs.ts";
import { probeBroker } from "../../../src/io/mqtt/broker-probe.ts";
import type { MqttLink } from "../../../src/io/mqtt/mqtt-link.ts";

/** A simulated robot standing in for "robot", at 5000 ms of the server. */
class Scene {
  now = 5000;
  readonly inputs: Input[] = [];
  readonly log: string[] = [];
  url = "";
  readonly target = new RobotSwitch();
  readonly engine = new Engine({
    robots: [{ id: "robot", limits: {}, stop: null }],
    emit: () => undefined,
    runName: "run",
    version: "0",
    onArrival: ({ input }) => this.inputs.push(input),
  });
  readonly standIn: StandIn;

  /** With a broker of its own where `hasBroker`. */
  constructor(hasBroker: boolean) {
    const join = (url: string): MqttLink => {
      this.url = url;
      return { stop: async () => void this.log.push("link stopped") } as unknown as MqttLink;
    };
    this.standIn = new StandIn({
      engine: this.engine,
      robot: "robot",
      target: this.target,
      now: () => this.now,
      warn: (line) => this.log.push(line),
      joinBroker: hasBroker ? join : null,
    });
  }

  step(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      this.now += 10;
      this.standIn.step(this.now);
      this.engine.cycle(this.now);
    }
  }

  of(kind: Input["kind"]): Input[] {
    return this.inputs.filter((input) => input.kind === kind);
  }
}

describe("the simulated robot of the demo as a stand-in", () => {
  let scene: Scene;
  afterEach(() => scene.standIn.stop());

  it("does nothing before it begins", () => {
    scene = new Scene(false);
    scene.step(50);
    expect(scene.inputs).toEqual([]);
  });

  it("introduces a robot with its description, SRDF and abilities, and is measured in each step", async () => {
    scene = new Scene(false);
    await scene.standIn.start();
    scene.step(30);
    expect(scene.of("description")).toHaveLength(1);
    expect(scene.of("semantics")).toHaveLength(1);
    expect(scene.of("capabilities")).toMatchObject([{ robot: "robot", capabilities: { twist: true } }]);
    expect(scene.of("jointState")).toHaveLength(3);
  });

  it("takes the robot's commands", async () => {
    scene = new Scene(false);
    await scene.standIn.start();
    scene.step(20);
    scene.target.sendTwist({ x: 0.3, y: 0, yaw: 0 });
    scene.step(300);
    const fastest = Math.max(
      ...scene
        .of("odometry")
        .map((input) => (input.kind === "odometry" ? (input.message.twist?.[0] ?? 0) : 0)),
    );
    expect(fastest).toBeGreaterThan(0.05);
  });

  it("ends by forgetting its robot, session and devices, and is no source any more", async () => {
    scene = new Scene(false);
    await scene.standIn.start();
    scene.step(20);
    scene.inputs.length = 0;
    await scene.standIn.end();
    scene.engine.cycle(scene.now);
    expect(scene.inputs).toMatchObject([
      { kind: "clientGone", session: demoSession },
      { kind: "forget", robot: "robot" },
      { kind: "status", status: { name: "simulation", state: "off", detail: "a robot on ROS took over" } },
      { kind: "forgetDevices" },
      { kind: "status", status: { name: "broker", state: "off" } },
    ]);
    expect(scene.engine.robots.get("robot")?.description).toBeNull();
  });

  it("measures nothing any more from the moment that it ends", async () => {
    scene = new Scene(false);
    await scene.standIn.start();
    scene.step(20);
    const ended = scene.standIn.end();
    scene.inputs.length = 0;
    scene.step(50);
    await ended;
    expect(scene.of("jointState")).toEqual([]);
  });

  it("has a broker of its own where none is configured, which goes with it", async () => {
    scene = new Scene(true);
    await scene.standIn.start();
    expect(await probeBroker({ url: scene.url })).toBeNull();
    await scene.standIn.end();
    expect(scene.log).toContain("link stopped");
    expect((await probeBroker({ url: scene.url }))?.reason).toContain("ECONNREFUSED");
  });

  it("does not stop twice what it stopped already", async () => {
    scene = new Scene(true);
    await scene.standIn.start();
    await scene.standIn.end();
    await scene.standIn.stop();
    expect(scene.log.filter((line) => line === "link stopped")).toHaveLength(1);
  });
});
