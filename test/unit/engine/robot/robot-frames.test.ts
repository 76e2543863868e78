import { describe, expect, it } from "vitest";
import { EngineAtHand, twoJointUrdf } from "../engine-at-hand.ts";

const publishers = ["/localization", "/other"];
type Edge = [parent: string, child: string, x: number, yaw?: number];

function standing(fixedFrame: string | null = null): EngineAtHand {
  const at = new EngineAtHand();
  const robots = [{ id: "robot", limits: {}, sink: at.leaving, stop: null, fixedFrame }];
  const made = new EngineAtHand({ robots });
  made.describe(twoJointUrdf);
  return made;
}

function tf(at: EngineAtHand, edges: Edge[], more: { isStatic?: boolean; publishers?: string[] } = {}): void {
  const { isStatic = false } = more;
  const stamp = { sec: Math.floor(at.now / 1000), nanosec: (at.now % 1000) * 1e6 };
  at.push(isStatic ? "ros:/tf_static" : "ros:/tf", {
    kind: "transforms",
    robot: "robot",
    isStatic,
    publishers: more.publishers,
    transforms: edges.map(([parent, child, x, yaw = 0]) => ({
      stamp,
      parent,
      child,
      pose: [x, 0, 0, 0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2)],
    })),
  });
}

function odometry(at: EngineAtHand, frame: string, x: number, names?: string[]): void {
  at.push("ros:/odom", {
    kind: "odometry",
    robot: "robot",
    publishers: names,
    message: {
      stamp: { sec: Math.floor(at.now / 1000), nanosec: (at.now % 1000) * 1e6 },
      frame,
      childFrame: "base",
      pose: [x, 0, 0, 0, 0, 0, 1],
      twist: [0.5, 0, 0, 0, 0, 0],
    },
  });
}

type Pose = { position: number[]; quaternion: number[] };
const place = (at: EngineAtHand): Pose => at.property("robot", "base/pose").reported?.value as Pose;
const definition = (at: EngineAtHand) => at.engine.thingJson("robot")?.definition;

describe("a robot placed by tf", () => {
  it("stands in map where the chain map, odom, base puts its root link", () => {
    const at = standing();
    tf(at, [["map", "odom", 10, Math.PI / 2]]);
    tf(at, [["odom", "base", 2, Math.PI / 2]]);
    at.cycle();
    // A quarter turn left at (10, 0), two metres ahead, another quarter turn.
    expect(place(at).position[0]).toBeCloseTo(10, 12);
    expect(place(at).position[1]).toBeCloseTo(2, 12);
    expect(place(at).quaternion[2]).toBeCloseTo(1, 12);
    expect(definition(at)).toMatchObject({ odometryFrame: "map", baseFrame: "base" });
    expect(at.property("robot", "base/pose").reported).toMatchObject({ quality: "good", source: "ros:/tf" });
  });

  it("stands in odom while nobody says where that is, and in map from then on", () => {
    const at = standing();
    tf(at, [["odom", "base", 2]]);
    at.cycle();
    expect(definition(at)?.odometryFrame).toBe("odom");
    tf(at, [["map", "odom", 10]]);
    tf(at, [["odom", "base", 3]]);
    at.cycle();
    expect(definition(at)?.odometryFrame).toBe("map");
    expect(place(at).position).toEqual([13, 0, 0]);
  });

  it("stands still by static transforms alone, and does not age", () => {
    const at = standing();
    tf(at, [["map", "base", 4]], { isStatic: true });
    at.cycle();
    at.cycle(60_000);
    expect(at.property("robot", "base/pose").reported).toMatchObject({
      value: { position: [4, 0, 0] },
      quality: "good",
    });
  });

  it("is where it was, and stale, when one part of the chain is not renewed", () => {
    const at = standing();
    for (let i = 0; i < 100; i++) {
      if (i < 50) tf(at, [["odom", "base", i]]);
      tf(at, [["map", "odom", 10]]);
      at.cycle();
    }
    expect(at.property("robot", "base/pose").reported).toMatchObject({
      value: { position: [59, 0, 0] },
      quality: "uncertain",
      reason: "stale",
    });
  });

  it("stands in the odometry's frame where there is odometry, as long as that is published", () => {
    const at = standing();
    odometry(at, "odom", 1);
    tf(at, [
      ["map", "odom", 10],
      ["odom", "base", 1],
    ]);
    at.cycle();
    expect(place(at).position).toEqual([1, 0, 0]);
    expect(definition(at)?.odometryFrame).toBe("odom");
    at.push("ros:/odom", { kind: "sourceLost", reason: "gone" });
    at.cycle();
    tf(at, [["odom", "base", 2]]);
    at.cycle();
    expect(place(at).position).toEqual([12, 0, 0]);
    expect(definition(at)?.odometryFrame).toBe("map");
  });

  it("stands in the frame that is configured, odometry or not", () => {
    const at = standing("map");
    odometry(at, "odom", 1);
    tf(at, [
      ["map", "odom", 10],
      ["odom", "base", 1],
    ]);
    odometry(at, "odom", 7);
    at.cycle();
    expect(place(at).position).toEqual([11, 0, 0]);
    expect(at.property("robot", "base/twist").reported?.value).toMatchObject({ linear: [0.5, 0, 0] });
  });

  it("stands in the configured frame by odometry, where tf has no more than the frame of that", () => {
    const at = standing("map");
    tf(at, [["map", "odom", 10]]);
    odometry(at, "odom", 7);
    at.cycle();
    expect(place(at).position).toEqual([17, 0, 0]);
  });

  it("is told when the configured frame is not reached", () => {
    const at = standing("earth");
    for (let i = 0; i < 700; i++) {
      tf(at, [["odom", "base", 1]]);
      at.cycle();
    }
    expect(at.events("robot.frames")).toEqual([
      "fixedFrame earth is not reached by tf: the frames above base end at odom. The robot is shown at the origin.",
    ]);
  });
});

describe("tf that contradicts itself", () => {
  it("by two parents of one frame in turns is told once, and the place is uncertain", () => {
    const at = standing();
    for (let i = 0; i < 50; i++) {
      tf(at, [["odom", "base", 1]], { publishers });
      tf(at, [["map", "base", 5]], { publishers });
      at.cycle();
    }
    expect(at.events("robot.frames")).toEqual([
      "frame base has two parents, map and odom (the topic is published by /localization, /other). Publish one of them only.",
    ]);
    const contradiction = { quality: "uncertain", reason: "contradiction" };
    expect(at.property("robot", "frame/base").reported).toMatchObject(contradiction);
    expect(at.property("robot", "base/pose").reported).toMatchObject(contradiction);
  });

  it("by a static and a moving parent is told", () => {
    const at = standing();
    tf(at, [["world", "base", 1]], { isStatic: true });
    tf(at, [["odom", "base", 1]]);
    at.cycle();
    expect(at.events("robot.frames")[0]).toContain("frame base has two parents, world and odom");
  });

  it("by two places of one frame in turns is told, with who publishes", () => {
    const at = standing();
    for (let i = 0; i < 50; i++) {
      tf(at, [["odom", "base", 1 + i / 100]], { publishers });
      tf(at, [["odom", "base", 5]], { publishers });
      at.cycle();
    }
    expect(at.events("robot.frames")).toEqual([
      "frame base in odom jumps between two places (the topic is published by /localization, /other). Stop one that publishes it.",
    ]);
  });

  it("by a loop is told once, counted, and leaves the frames that were there", () => {
    const at = standing();
    for (let i = 0; i < 3; i++) {
      tf(at, [
        ["odom", "base", 1],
        ["map", "odom", 2],
      ]);
      tf(at, [["base", "map", 3]]);
      at.cycle();
    }
    expect(at.events("robot.frames")).toEqual([
      "map in base in odom in map: frames in a loop; the last one that came (map in base) is left out",
    ]);
    expect(at.counts("ros:/tf")).toMatchObject({ accepted: 3, rejected: 3 });
    expect(place(at).position).toEqual([3, 0, 0]);
  });

  it("is not what a frame does that is handed over from one parent to another", () => {
    const at = standing();
    for (const parent of ["table", "tool", "table"]) {
      for (let i = 0; i < 500; i++) {
        tf(at, [[parent, "box", 1]], { publishers });
        at.cycle();
      }
    }
    expect(at.events("robot.frames")).toEqual([]);
  });
});

describe("odometry of two publishers that do not agree", () => {
  it("is told once and uncertain", () => {
    const at = standing();
    for (let i = 0; i < 40; i++) {
      odometry(at, "odom", i / 100, publishers);
      odometry(at, "odom", 3 + i / 100, publishers);
      at.cycle();
    }
    expect(at.events("robot.frames")).toHaveLength(1);
    expect(at.property("robot", "base/pose").reported).toMatchObject({
      quality: "uncertain",
      reason: "contradiction",
    });
  });
});
