import { describe, expect, it } from "vitest";
import type { EngineRobot } from "../../../src/engine/ports/engine-robot.ts";
import type { Arrival } from "../../../src/engine/ports/inputs.ts";
import type { ServerCommandMessage } from "../../../src/protocol/command-messages.ts";
import type { TransformMessage } from "../../../src/protocol/ros-decode.ts";
import { sceneItems } from "../../../src/protocol/scene.ts";
import { EngineAtHand } from "./engine-at-hand.ts";

/** Joint a swings an arm of 1 m in the plane z = 0; its tool is 1 m out. */
const urdf = `<robot name="two"><link name="base"/>
  <link name="upper"><inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial></link>
  <link name="tool"><collision><origin xyz="-0.5 0 0"/><geometry><box size="1 0.02 0.02"/></geometry></collision></link>
  <joint name="a" type="revolute"><parent link="base"/><child link="upper"/><axis xyz="0 0 1"/>
    <limit lower="-2" upper="2" velocity="1" effort="10"/></joint>
  <joint name="b" type="revolute"><parent link="upper"/><child link="tool"/><origin xyz="1 0 0"/><axis xyz="0 1 0"/>
    <limit lower="-1" upper="1" velocity="0.5" effort="10"/></joint></robot>`;

const geometry = { hulls: new Map(), disabledPairs: [], disabledLinks: [], enabledPairs: [], findings: [] };
const post = { id: "post", shape: "cylinder", radius: 0.05, length: 1, pose: { position: [0, 0.8, 0] } };

class Among extends EngineAtHand {
  epoch = -1;

  constructor(text = urdf, isGeometryRead = true, more: Partial<EngineRobot> = {}) {
    super({ robots: [{ id: "robot", limits: {}, stop: null, isGeometryRead, ...more }] });
    this.describe(text);
    const hash = this.engine.robots.get("robot")?.description?.hash ?? "";
    if (isGeometryRead)
      this.push("geometry:robot", { kind: "collisionGeometry", robot: "robot", hash, geometry });
    this.joints([0, 0]);
    this.cycle();
    this.epoch = this.acquire();
  }

  scene(...given: unknown[]): void {
    this.push("scene", { kind: "scene", objects: sceneItems.parse(given), hulls: new Map(), fault: null });
    this.cycle();
  }

  /** What becomes of a move of joint a. */
  move(a: number): { code: string; message: string } | undefined {
    const id = `m${this.now}`;
    this.command(this.epoch, id, { kind: "jointPosition", positions: { a } });
    for (let i = 0; i < 30; i += 1) {
      this.joints([0, 0]);
      this.cycle();
    }
    const answers = this.leaving
      .of("reply")
      .map((entry) => entry[2] as ServerCommandMessage)
      .filter((message) => message.op === "result" && message.id === id);
    const last = answers.find((message) => message.op === "result" && message.stage !== "accepted");
    return last?.op === "result" ? { code: last.code, message: last.message } : undefined;
  }

  /** The base is at (x, 0, 0) of odom, by tf. */
  standAt(x: number, more: Partial<TransformMessage> = {}): void {
    const transform = {
      parent: "odom",
      child: "base",
      stamp: { sec: Math.floor(this.now / 1000), nanosec: 0 },
      pose: [x, 0, 0, 0, 0, 0, 1],
      ...more,
    };
    const input = { kind: "transforms", robot: "robot", isStatic: true, transforms: [transform] };
    this.push("ros:/tf_static", input as Arrival["input"]);
    this.cycle();
  }
}

describe("the scene in the engine", () => {
  it("is what moves are checked against, until it is taken away", () => {
    const at = new Among();
    at.scene(post);
    expect(at.move(1.9)).toMatchObject({ code: "collision", message: expect.stringContaining("post") });
    at.scene();
    expect(at.move(1.9)).toMatchObject({ code: "ok" });
  });

  it("shows its objects as things, with events", () => {
    const at = new Among();
    at.scene(post, {
      id: "zone",
      shape: "keepout",
      of: "box",
      size: [1, 1, 1],
      robot: "robot",
      frame: "base",
    });
    expect(at.engine.thingJson("scene/post")).toMatchObject({
      type: "object",
      definition: { name: "post", shape: "cylinder", radius: 0.05, pose: { position: [0, 0.8, 0] } },
      relationships: [{ name: "mountedOn", target: "robot/link/base" }],
    });
    expect(at.engine.thingJson("scene/zone")?.relationships).toEqual([
      { name: "mountedOn", target: "robot/link/base" },
    ]);
    at.scene({ ...post, attach: "tool", radius: 0.01, pose: { position: [0, 0, 0] } });
    expect(at.engine.thingJson("scene/zone")).toBeNull();
    expect(at.engine.thingJson("scene/post")?.relationships).toEqual([
      { name: "attachedTo", target: "robot/link/tool" },
    ]);
    at.scene({ ...post, attach: "tool", radius: 0.01, pose: { position: [0, 0, 0] } });
    expect(at.events("scene.changed")).toEqual(["post, zone added", "post changed; zone removed"]);
  });

  it("is placed by where the base is measured, and refuses while nobody measures that", () => {
    const at = new Among();
    at.scene({ ...post, frame: "odom", pose: { position: [3, 0.8, 0] } });
    expect(at.move(1.9)).toMatchObject({ code: "not_checked", message: expect.stringContaining('"odom"') });
    at.standAt(3);
    expect(at.move(1.9)).toMatchObject({ code: "collision" });
    at.standAt(1);
    expect(at.move(1.9)).toMatchObject({ code: "ok" });
  });

  it("refuses motions of a robot that an object does not fit, with the reason", () => {
    const at = new Among();
    at.scene({ ...post, attach: "nose" });
    expect(at.move(0.1)).toMatchObject({
      code: "not_checked",
      message: expect.stringContaining('no link "nose"'),
    });
    at.scene({ id: "cup", shape: "mesh", mesh: "package://p/cup.stl" });
    expect(at.move(0.1)).toMatchObject({ code: "not_checked", message: expect.stringContaining("cup.stl") });
    at.scene({ ...post, robot: "another", attach: "nose" });
    expect(at.move(0.1)).toMatchObject({ code: "ok" });
  });

  it("says once that a robot without collision geometry is not checked", () => {
    const at = new Among(urdf.replace(/<collision>.*<\/collision>/, ""));
    at.scene(post);
    expect(at.move(1.9)).toMatchObject({ code: "ok" });
    at.scene(post, { ...post, id: "other" });
    at.move(1);
    expect(at.events("scene.unchecked")).toEqual([
      "motions of robot are not checked against the scene: its description has no collision geometry",
    ]);
    const off = new Among(urdf, false);
    off.scene(post);
    off.move(1);
    expect(off.events("scene.unchecked")[0]).toContain("selfCollision is off");
  });

  it("is carried by the dynamics where it is attached and has a mass", () => {
    const at = new Among();
    const effort = (): number => {
      at.joints([0, 0]);
      for (let i = 0; i < 30; i += 1) at.cycle();
      const value = at.property("robot", "joint/b/gravity_effort").estimated?.value;
      return typeof value === "number" ? value : Number.NaN;
    };
    expect(effort()).toBeCloseTo(0, 9);
    const load = { id: "load", shape: "sphere", radius: 0.02, attach: "tool", mass: 2 };
    at.scene({ ...load, pose: { position: [0.1, 0, 0] } });
    // About −y: the weight 0.1 m before the joint.
    expect(Math.abs(effort())).toBeCloseTo(2 * 9.81 * 0.1, 6);
    at.scene();
    expect(effort()).toBeCloseTo(0, 9);
  });
});

describe("links whose meshes cannot be read", () => {
  const lost = urdf.replace(
    '<link name="upper">',
    '<link name="upper"><collision><geometry><mesh filename="package://lost/upper.stl"/></geometry></collision>',
  );
  const note = "not checked for collisions: upper";

  it("are named where motions pass", () => {
    const at = new Among(lost);
    expect(at.move(0.5)).toMatchObject({ code: "ok" });
    const accepted = at.leaving
      .of("reply")
      .map((entry) => entry[2] as ServerCommandMessage)
      .find((message) => message.op === "result" && message.stage === "accepted");
    expect(accepted).toMatchObject({ message: expect.stringContaining(note) });
    expect(at.engine.control.get("robot")?.status().can.uncheckedLinks).toEqual(["upper"]);
  });

  it("have motions refused among objects, also where no link is left that can be checked", () => {
    const alone = lost.replace(/<link name="tool">.*?<\/link>/s, '<link name="tool"/>');
    for (const text of [lost, alone]) {
      const at = new Among(text);
      at.scene(post);
      expect(at.move(0.5)).toMatchObject({ code: "not_checked", message: expect.stringContaining("upper") });
      at.scene();
      expect(at.move(0.5)).toMatchObject({ code: "ok" });
    }
  });

  it("do not keep a motion under way from being checked anew, by the links that can be", () => {
    const at = new Among(lost);
    at.command(at.epoch, "long", { kind: "jointPosition", positions: { a: 1.9 }, speed: 0.5 });
    for (let i = 0; i < 30; i += 1) {
      at.joints([0, 0]);
      at.cycle();
    }
    expect(at.leaving.answers("s", "long")).toContain("sent ok");
    at.scene(post);
    for (let i = 0; i < 60; i += 1) {
      at.joints([0, 0]);
      at.cycle();
    }
    expect(at.leaving.answers("s", "long").at(-1)).toBe("aborted collision");
  });

  it("have motions allowed or refused as the robot is configured", () => {
    const allowed = new Among(lost, true, { uncheckedLinks: "allow" });
    allowed.scene(post);
    expect(allowed.move(0.5)).toMatchObject({ code: "ok" });
    expect(allowed.move(1.9)).toMatchObject({ code: "collision" });
    const refused = new Among(lost, true, { uncheckedLinks: "refuse" });
    expect(refused.move(0.5)).toMatchObject({ code: "not_checked" });
  });

  it("are not those without collision geometry, nor of robots that are not checked", () => {
    const at = new Among();
    expect(at.engine.robots.get("robot")?.uncheckedLinks).toEqual([]);
    const unread = new Among(lost, false);
    unread.scene(post);
    expect(unread.move(0.5)).toMatchObject({ code: "ok" });
  });
});
