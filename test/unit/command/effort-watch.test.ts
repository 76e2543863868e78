import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { robotLimits } from "../../../src/command/robot-limits.ts";
import { neutralConfiguration, setJointPositions } from "../../../src/robot/configuration.ts";
import { createData } from "../../../src/robot/data.ts";
import { rnea } from "../../../src/robot/dynamics/rnea.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { GateAtHand } from "./gate-at-hand.ts";

const { description } = parseUrdf(readFileSync(join(import.meta.dirname, "../../../urdf/arm.urdf"), "utf8"));
if (description === null) throw new Error("no robot");
const robot = createModel(description);
const chain = ["shoulder_pan", "shoulder_lift", "elbow", "wrist_1", "wrist_2", "wrist_3"];

/** The answers to a move of an arm that follows exactly; `extra`: N·m on the shoulder besides what its model says. */
function moved(extra: (ms: number) => number, tolerance?: number): { answers: string[]; message: string } {
  const at = new GateAtHand();
  at.model = robot;
  at.limits = robotLimits(robot, tolerance === undefined ? {} : { effortTolerance: tolerance });
  at.can = { trajectory: [{ name: "arm", joints: chain }], twist: false };
  for (const { name, nq } of robot.joints) if (nq === 1) at.joints.positions.set(name, 0.1);
  at.acquire();
  at.send(1, { kind: "jointPosition", positions: { shoulder_lift: 1, elbow: -0.5 }, speed: 1 });
  at.accept();
  const data = createData(robot);
  const q = neutralConfiguration(robot);
  const [v, a, tau] = [0, 1, 2].map(() => new Float64Array(robot.nv)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const sample = createMotionSample();
  for (let ms = 0; ms < 4000; ms += 10) {
    for (const [name, { path, since }] of at.gate.sent()) {
      path.sample((at.now - since) / 1000, sample);
      const joint = robot.joints[robot.jointIndex.get(name) ?? -1];
      if (joint === undefined) throw new Error(name);
      at.joints.positions.set(name, sample.position);
      v[joint.vIndex] = sample.velocity;
      a[joint.vIndex] = sample.acceleration;
    }
    setJointPositions(robot, q, (name) => at.joints.position(name));
    rnea(robot, data, q, v, a, tau);
    for (const name of chain) {
      const joint = robot.joints[robot.jointIndex.get(name) ?? -1];
      const more = name === "shoulder_lift" ? extra(ms) : 0;
      at.joints.efforts.set(name, (tau[joint?.vIndex ?? 0] as number) + more);
    }
    at.run(10);
  }
  const last = at.out.results.findLast(({ id }) => id === 1);
  return { answers: at.out.answers(1), message: last?.message ?? "" };
}

describe("the efforts of a motion", () => {
  it("that are as computed, or differ as much as when it began, let it go on", () => {
    for (const offset of [0, 60, -60]) {
      expect(moved(() => offset).answers.filter((answer) => answer.startsWith("aborted"))).toEqual([]);
    }
  });

  it("that differ for long from what the model says end it, with both figures", () => {
    const { answers, message } = moved((ms) => (ms > 500 ? 100 : 0));
    expect(answers).toContain("aborted effort_deviation");
    expect(message).toMatch(/^shoulder_lift exerts -?\d+\.\d N·m, and -?\d+\.\d N·m were expected/);
  });

  it("may differ for a moment, and by more where that is configured", () => {
    expect(moved((ms) => (ms > 500 && ms < 650 ? 100 : 0)).answers).not.toContain("aborted effort_deviation");
    expect(moved((ms) => (ms > 500 ? 100 : 0), 2).answers).not.toContain("aborted effort_deviation");
  });
});
