import { describe, expect, it } from "vitest";
import { Turns } from "../../../../src/engine/robot/turns.ts";
import { EngineAtHand, twoJointUrdf } from "../engine-at-hand.ts";

const publishers = ["/driver", "/gui"];
const motion = { noise: 0.02, acceleration: 50 };

function say(
  at: EngineAtHand,
  position: number[],
  names = ["a", "b"],
  by: string[] | null = publishers,
): void {
  const stamp = { sec: Math.floor(at.now / 1000), nanosec: (at.now % 1000) * 1e6 };
  const message = { stamp, name: names, position, velocity: [], effort: [] };
  at.push("ros:/joint_states", { kind: "jointState", robot: "robot", message, publishers: by ?? undefined });
}

const quality = (at: EngineAtHand, joint: string) =>
  at.property("robot", `joint/${joint}/position`).reported?.quality;

describe("two publishers of joint states", () => {
  it("that contradict each other are told once by their nodes, and the joint is uncertain", () => {
    const at = new EngineAtHand();
    at.describe();
    for (let i = 0; i < 300; i++) {
      say(at, [0.5 + 0.3 * Math.sin(i / 20), 0.2]);
      if (i % 5 === 0) say(at, [0, 0.2]);
      at.cycle(20);
    }
    expect(at.events("robot.contradiction")).toHaveLength(1);
    expect(at.events("robot.contradiction")[0]).toMatch(
      /^\/driver and \/gui publish joint states that contradict each other: a is \S+ and \S+ in turns\. Stop all but one\.$/,
    );
    expect(at.property("robot", "joint/a/position").reported).toMatchObject({
      quality: "uncertain",
      reason: "contradiction",
    });
    expect(quality(at, "b")).toBe("good");
  });

  it("are good again when one of them ends", () => {
    const at = new EngineAtHand();
    at.describe();
    for (let i = 0; i < 50; i++) {
      say(at, [0.5, 0.2]);
      say(at, [0, 0.2]);
      at.cycle(20);
    }
    expect(quality(at, "a")).toBe("uncertain");
    say(at, [0.5, 0.2], ["a", "b"], null);
    at.cycle(20);
    expect(quality(at, "a")).toBe("good");
  });

  it("that name different joints, as an arm and a gripper do, are fine", () => {
    const at = new EngineAtHand();
    at.describe();
    for (let i = 0; i < 300; i++) {
      say(at, [Math.sin(i / 10)], ["a"]);
      say(at, [-Math.sin(i / 10)], ["b"]);
      at.cycle(20);
    }
    expect(at.events("robot.contradiction")).toEqual([]);
    expect([quality(at, "a"), quality(at, "b")]).toEqual(["good", "good"]);
  });

  it("that agree but for noise are fine, however fast the robot moves", () => {
    const at = new EngineAtHand();
    at.describe();
    for (let i = 0; i < 300; i++) {
      const t = i / 50;
      say(at, [2 * Math.sin(3 * t), 0.2 + 0.004 * (i % 2)]);
      say(at, [2 * Math.sin(3 * t) + 0.01, 0.2]);
      at.cycle(20);
    }
    expect(at.events("robot.contradiction")).toEqual([]);
  });

  it("of which one says a whole turn more of a continuous joint are fine", () => {
    const at = new EngineAtHand();
    at.describe(twoJointUrdf.replace('name="a" type="revolute"', 'name="a" type="continuous"'));
    for (let i = 0; i < 100; i++) {
      say(at, [0.5, 0]);
      say(at, [0.5 + 2 * Math.PI, 0]);
      at.cycle(20);
    }
    expect(at.events("robot.contradiction")).toEqual([]);
  });
});

describe("values that take turns", () => {
  it("do so only when they are back at once, and again and again", () => {
    const slow = new Turns(1);
    let takesTurns = false;
    for (let t = 0; t < 60_000; t += 500) takesTurns ||= slow.note(0, (t / 500) % 2, t, motion);
    expect(takesTurns).toBe(false);
    const once = new Turns(1);
    for (const [t, value] of [
      [0, 0],
      [10, 1],
      [20, 0],
      [30, 0],
    ] as const) {
      expect(once.note(0, value, t, motion)).toBe(false);
    }
  });
});

describe("two publishers of a robot's description", () => {
  const other = twoJointUrdf.replace('name="two"', 'name="other"');
  const publish = (at: EngineAtHand, text: string, by: string[] | undefined): void => {
    at.push("ros:/robot_description", { kind: "description", robot: "robot", text, publishers: by });
    at.cycle();
  };

  it("of different texts in turns are told once, and do not reload the robot each time", () => {
    const at = new EngineAtHand();
    for (let i = 0; i < 20; i++) {
      publish(at, twoJointUrdf, publishers);
      publish(at, other, publishers);
    }
    expect(at.events("robot.contradiction")).toEqual([
      "ros:/robot_description: /driver and /gui publish different descriptions of the robot. Stop all but one.",
    ]);
    expect(at.events("robot.reloaded")).toHaveLength(1);
  });

  it("of one text are fine, and so is one that changes its text", () => {
    const at = new EngineAtHand();
    publish(at, twoJointUrdf, publishers);
    publish(at, twoJointUrdf, publishers);
    at.cycle(5000);
    publish(at, other, publishers);
    at.cycle(20_000);
    publish(at, twoJointUrdf, publishers);
    expect(at.events("robot.contradiction")).toEqual([]);
    expect(at.events("robot.reloaded")).toHaveLength(2);
  });

  it("of which one is gone: the other's text is taken", () => {
    const at = new EngineAtHand();
    publish(at, twoJointUrdf, publishers);
    publish(at, other, publishers);
    publish(at, twoJointUrdf, undefined);
    expect(at.engine.robots.get("robot")?.model?.name).toBe("two");
  });
});
