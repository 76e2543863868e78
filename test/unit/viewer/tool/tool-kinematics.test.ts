import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Chance } from "../../../../src/core/chance.ts";
import { Targets } from "../../../../src/viewer/store/targets.ts";
import { ToolHand } from "../../../../src/viewer/tool/tool-hand.ts";
import { ToolKinematics } from "../../../../src/viewer/tool/tool-kinematics.ts";
import { chainOf, likelyTool, movedLinks } from "../../../../src/viewer/tool/tool-link.ts";

const urdf = (name: string) =>
  readFileSync(new URL(`../../../../urdf/${name}.urdf`, import.meta.url), "utf8");
const rover = new ToolKinematics(urdf("rover"));
const any = () => true;
const armJoints = ["shoulder_pan", "shoulder_lift", "elbow", "wrist_1", "wrist_2", "wrist_3"];
const isArm = (joint: string) => armJoints.includes(joint);
const start: Record<string, number> = {
  shoulder_lift: 0.4,
  elbow: 0.9,
  wrist_1: 0.3,
  wrist_2: 0.8,
  wrist_3: -0.5,
};
const at = (joint: string): number | null => start[joint] ?? 0;

describe("the tool of a robot", () => {
  it("is the link that its name says, behind the whole arm", () => {
    expect(likelyTool(rover.model, isArm)).toBe("gripper_tcp");
    expect(likelyTool(rover.model, any)).toBe("gripper_tcp");
    expect(likelyTool(rover.model, () => false)).toBeNull();
  });

  it("hangs on the arm's six joints; fingers and wheels are no part of it", () => {
    const { model } = rover;
    expect(chainOf(model, model.linkIndex.get("gripper_tcp") ?? 0)).toEqual(armJoints);
    expect(movedLinks(model)).not.toContain(model.rootLink);
    expect(movedLinks(model)).toContain("forearm_link");
  });
});

describe("inverse kinematics in the page", () => {
  const options = { isDriven: isArm, holdsTurn: true, isThorough: false };

  it("follows a dragged pose on the same branch, picture by picture", () => {
    const now: Record<string, number> = { ...start };
    const from = rover.poseOf("gripper_tcp", at);
    for (let k = 1; k <= 40; k += 1) {
      const position = from.position.map((value, axis) => value + (axis === 2 ? -0.004 * k : 0.001 * k));
      const wanted = { position, quaternion: from.quaternion };
      const before = { ...now };
      const { positions, reach } = rover.solve("gripper_tcp", wanted, (joint) => now[joint] ?? 0, options);
      Object.assign(now, positions);
      expect(reach.isReached).toBe(true);
      const there = rover.poseOf("gripper_tcp", (joint) => now[joint] ?? 0);
      for (let axis = 0; axis < 3; axis += 1) {
        expect(Math.abs((there.position[axis] ?? 0) - (position[axis] ?? 0))).toBeLessThan(2e-5);
      }
      const step = Math.max(...armJoints.map((joint) => Math.abs((now[joint] ?? 0) - (before[joint] ?? 0))));
      expect(step).toBeLessThan(0.1);
    }
  });

  it("says by how much a place beyond the arm is missed, and comes as near as it can", () => {
    const wanted = { position: [3, 0, 0.5], quaternion: [0, 0, 0, 1] };
    const { positions, reach } = rover.solve("gripper_tcp", wanted, at, options);
    expect(reach).toMatchObject({ isReached: false, isTooFar: true });
    expect(reach.metres).toBeGreaterThan(1.5);
    for (const joint of armJoints) expect(Number.isFinite(positions[joint])).toBe(true);
  });

  it("names the joint that is at its limit", () => {
    // The wrist turned further and further about its own axis, to the end of its last joint.
    const now: Record<string, number> = { ...start, wrist_3: 6.1 };
    const position = (joint: string) => now[joint] ?? 0;
    const there = rover.poseOf("gripper_tcp", (joint) => (joint === "wrist_3" ? 6.3 : position(joint)));
    const { reach } = rover.solve("gripper_tcp", there, position, options);
    expect(reach.isReached).toBe(false);
    expect(reach.radians).toBeGreaterThan(0.01);
    expect(reach.limits).toContainEqual({ joint: "wrist_3", end: "upper" });
  });

  it("leaves joints that nothing drives where they are", () => {
    const isDriven = (joint: string) => isArm(joint) && joint !== "wrist_3";
    const from = rover.poseOf("gripper_tcp", at);
    const wanted = { position: from.position.map((value) => value - 0.02), quaternion: from.quaternion };
    const solution = rover.solve("gripper_tcp", wanted, at, {
      isDriven,
      holdsTurn: false,
      isThorough: false,
    });
    expect(solution.reach.isReached).toBe(true);
    expect(Object.keys(solution.positions)).toEqual(armJoints.filter(isDriven));
    const moved = (joint: string) => solution.positions[joint] ?? at(joint);
    const there = rover.poseOf("gripper_tcp", moved);
    for (let axis = 0; axis < 3; axis += 1) {
      expect(there.position[axis]).toBeCloseTo(wanted.position[axis] ?? 0, 4);
    }
  });

  it("takes under 4 ms for a picture's step", () => {
    const chance = new Chance(5);
    const from = rover.poseOf("gripper_tcp", at);
    const times: number[] = [];
    for (let k = 0; k < 400; k += 1) {
      const position = from.position.map((value) => value + 0.03 * (chance.next() - 0.5));
      const beganMs = performance.now();
      rover.solve("gripper_tcp", { position, quaternion: from.quaternion }, at, options);
      times.push(performance.now() - beganMs);
    }
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)] ?? 0;
    console.log(
      `inverse kinematics in the page: median ${times[200]?.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
    );
    expect(times[200]).toBeLessThan(4);
  });
});

describe("a hand on the tool", () => {
  function withHand() {
    const targets = new Targets();
    let measured = { ...start };
    const robot = { id: "robot", measured: (joint: string) => measured[joint] ?? 0, isDriven: isArm };
    const hand = new ToolHand(rover, robot, targets, () => 0);
    const move = (joint: string, position: number) => {
      measured = { ...measured, [joint]: position };
    };
    return { targets, hand, move };
  }
  const lowered = (hand: ToolHand, by: number) => {
    const pose = hand.pose();
    if (pose === null) throw new Error("no pose");
    return { ...pose, position: pose.position.map((value, axis) => (axis === 2 ? value - by : value)) };
  };

  it("is where the robot is until something is asked for", () => {
    const { hand, move } = withHand();
    const before = hand.pose();
    move("elbow", 1.1);
    expect(hand.pose()).not.toEqual(before);
    expect(hand.state.get()).toMatchObject({
      link: "gripper_tcp",
      target: null,
      reach: null,
      holdsTurn: true,
    });
  });

  it("solves the newest drag alone, once a picture", () => {
    const { hand, targets } = withHand();
    hand.drag(lowered(hand, 0.5));
    const newest = lowered(hand, -0.47);
    hand.drag(newest);
    expect(targets.of("robot")).toEqual({});
    expect(hand.step()).toBe(true);
    expect(hand.step()).toBe(false);
    expect(hand.state.get().target).toEqual(newest);
    expect(Object.keys(targets.of("robot"))).toEqual(armJoints);
  });

  it("forgets what it asked for when the ghost is dropped or moved by other means", () => {
    const { hand, targets } = withHand();
    hand.want(lowered(hand, 0.05));
    expect(hand.state.get().reach?.isReached).toBe(true);
    targets.drop("robot");
    expect(hand.state.get()).toMatchObject({ target: null, reach: null });
    hand.want(lowered(hand, 0.05));
    targets.set("robot", "elbow", 0.2);
    expect(hand.state.get().target).toBeNull();
    // From here on it is where the sliders' ghost has it.
    expect(hand.pose()).toEqual(
      rover.poseOf("gripper_tcp", (joint) => targets.of("robot")[joint] ?? at(joint)),
    );
  });

  it("takes the nearest place instead of one out of reach", () => {
    const { hand } = withHand();
    const pose = lowered(hand, 0);
    hand.want({ ...pose, position: [3, 0, 0.5] });
    expect(hand.state.get().reach?.isReached).toBe(false);
    hand.takeNearest();
    expect(hand.state.get().reach?.isReached).toBe(true);
  });
});
