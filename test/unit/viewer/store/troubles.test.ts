import { describe, expect, it } from "vitest";
import { openStateFrame, stateFrameBytes } from "../../../../src/protocol/state-frame.ts";
import { Motion } from "../../../../src/viewer/store/motion.ts";
import type { RobotEntry } from "../../../../src/viewer/store/robot-catalog.ts";
import { isUnmeasured, staleSentences } from "../../../../src/viewer/store/troubles.ts";

function arm(model: RobotEntry["model"]): RobotEntry {
  return { id: "arm", name: "arm", hash: "", model, meshes: { found: 0, missing: 0, problems: [] } };
}

const elbow = { name: "elbow" } as never;
const ready = arm({ phase: "ready", joints: [elbow], rootLink: "base", links: ["base"] });

/** A twin that has these columns of "arm", all stale for 3 s. */
function motionWith(...paths: string[]): Motion {
  const motion = new Motion();
  motion.serverHeard = true;
  const columns = paths.map((path) => ({ robot: "arm", facet: "reported" as const, path, component: 0 }));
  motion.setLayout(1, columns);
  const frame = openStateFrame(new ArrayBuffer(stateFrameBytes(paths.length)), 1, paths.length, 1, 1000);
  frame.agesMs.fill(3000);
  frame.qualityCodes.fill(1);
  motion.push(frame, 1000);
  return motion;
}

describe("a robot whose pose is not known", () => {
  it("is one with joints of which none was measured", () => {
    expect(isUnmeasured(ready, new Motion())).toBe(true);
    expect(isUnmeasured(ready, motionWith("joint/elbow/velocity"))).toBe(true);
    expect(isUnmeasured(ready, motionWith("joint/elbow/position"))).toBe(false);
  });

  it("is not one that is still loading, or that has no joints to measure", () => {
    expect(isUnmeasured(arm({ phase: "loading" }), new Motion())).toBe(false);
    const still = arm({ phase: "ready", joints: [], rootLink: "base", links: ["base"] });
    expect(isUnmeasured(still, new Motion())).toBe(false);
  });
});

describe("what went stale", () => {
  it("is called by its own path where the twin does not know who sent it", () => {
    const things = { arm: { type: "robot" as const, definition: {}, relationships: [], properties: {} } };
    expect(staleSentences(ready, motionWith("joint/elbow/position"), things, 1000)).toEqual([
      "no joint/elbow/position for 3.0 s",
    ]);
  });

  it("is nothing where no value of the robot ever came", () => {
    expect(staleSentences(ready, new Motion(), {}, 1000)).toEqual([]);
    expect(staleSentences(ready, motionWith("joint/elbow/velocity"), {}, 1000)).toEqual([]);
  });
});
