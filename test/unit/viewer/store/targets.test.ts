import { describe, expect, it } from "vitest";
import { openStateFrame, stateFrameBytes } from "../../../../src/protocol/state-frame.ts";
import { Motion } from "../../../../src/viewer/store/motion.ts";
import type { RobotEntry } from "../../../../src/viewer/store/robot-catalog.ts";
import { Targets } from "../../../../src/viewer/store/targets.ts";
import { staleSentences } from "../../../../src/viewer/store/troubles.ts";

describe("targets", () => {
  it("drop all of one robot and leave the other's", () => {
    const targets = new Targets();
    targets.set("a", "elbow", 1);
    targets.set("b", "elbow", 2);
    targets.drop("a");
    expect(targets.of("a")).toEqual({});
    expect(targets.of("b")).toEqual({ elbow: 2 });
  });

  it("keep what was moved again after it was sent", () => {
    const targets = new Targets();
    targets.set("a", "elbow", 1);
    targets.set("a", "wrist", 1);
    const sent = targets.of("a");
    targets.set("a", "wrist", 2);
    targets.drop("a", sent);
    expect(targets.of("a")).toEqual({ wrist: 2 });
  });
});

describe("stale sentences", () => {
  const robot: RobotEntry = {
    id: "arm",
    name: "arm",
    hash: "",
    model: { phase: "loading" },
    meshes: { found: 0, missing: 0, problems: [] },
  };
  const paths = ["joint/a/position", "joint/b/position", "base/pose"];
  const source = (path: string) => (path === "base/pose" ? "ros:/odom" : "ros:/joint_states");
  const things = {
    arm: {
      type: "robot" as const,
      definition: {},
      relationships: [],
      properties: Object.fromEntries(
        paths.map((path) => [
          path,
          { unit: "", reported: { value: 0, received: 0, quality: "good" as const, source: source(path) } },
        ]),
      ),
    },
  };

  function motionWith(qualities: number[]): Motion {
    const motion = new Motion();
    motion.serverHeard = true;
    motion.setLayout(
      1,
      paths.map((path) => ({ robot: "arm", facet: "reported" as const, path, component: 0 })),
    );
    const frame = openStateFrame(new ArrayBuffer(stateFrameBytes(3)), 1, 3, 1, 1000);
    frame.agesMs.set([1200, 1100, 10]);
    frame.qualityCodes.set(qualities);
    motion.push(frame, 1000);
    return motion;
  }

  it("are none while all is well", () => {
    expect(staleSentences(robot, motionWith([0, 0, 0]), things, 1000)).toEqual([]);
  });

  it("name each silent source once, with its age in words", () => {
    expect(staleSentences(robot, motionWith([1, 1, 0]), things, 1000)).toEqual([
      "no /joint_states for 1.2 s",
    ]);
    expect(staleSentences(robot, motionWith([1, 1, 2]), things, 1000)).toHaveLength(2);
  });
});
