import { describe, expect, it } from "vitest";
import { RobotTwin } from "../../../src/engine/robot/robot-twin.ts";
import { estimateEveryMs, slowPace } from "../../../src/predict/pace.ts";
import { TwinGraph } from "../../../src/twin/graph.ts";
import { createSample } from "../../../src/twin/sample.ts";
import { twoJointUrdf } from "../engine/engine-at-hand.ts";

/** How often `link/tool/pose` is estimated in a second of measurements every 10 ms. */
function estimatesIn(everyMs: number, id = "robot", urdf = twoJointUrdf, measures = true): number {
  const graph = new TwinGraph();
  const twin = new RobotTwin(graph, id);
  expect(twin.takeDescription(urdf).fault).toBeNull();
  const sample = createSample();
  sample.source = graph.source("test").index;
  const [pose] = [...twin.thing.properties.values()].filter(({ path }) => path.endsWith("/pose"));
  const row = pose?.registers.estimated ?? -1;
  let count = 0;
  let last = -1;
  for (let now = 1000; now < 2000; now += 10) {
    graph.beginRevision();
    sample.received = now;
    const message = {
      stamp: { sec: 0, nanosec: 0 },
      name: ["a", "b"],
      position: [0, now / 1e4],
      velocity: [],
      effort: [],
    };
    if (measures) twin.takeJointState(message, sample);
    twin.estimators?.update(now, new Map(), everyMs);
    const received = graph.table.received[row] as number;
    if (graph.table.filled[row] === 1 && received !== last) count++;
    last = received;
  }
  return count;
}

describe("how often estimates are computed", () => {
  it("is with each measurement for up to 64 robots, and every 100 ms for a thousand", () => {
    expect([1, 64, 256, 1024, 4096].map((robots) => Math.round(estimateEveryMs(robots)))).toEqual([
      0, 0, 19, 96, 100,
    ]);
    expect(slowPace(0)).toEqual({ periodMs: 100, staleAfterMs: 500 });
    expect(slowPace(100)).toEqual({ periodMs: 500, staleAfterMs: 1500 });
  });

  it("is what the pace says, whatever the robot's turn among the others", () => {
    expect(estimatesIn(0)).toBe(100);
    for (const id of ["r1", "r2", "r3", "r4"])
      expect(Math.abs(estimatesIn(100, id) - 10)).toBeLessThanOrEqual(1);
  });

  it("is ten times a second for a robot that cannot move", () => {
    const fixed = `<robot name="f"><link name="base"/><link name="tool"/>
      <joint name="f" type="fixed"><parent link="base"/><child link="tool"/></joint></robot>`;
    expect(estimatesIn(0, "robot", fixed, false)).toBe(10);
  });
});
