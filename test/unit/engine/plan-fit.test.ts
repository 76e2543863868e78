import { describe, expect, it } from "vitest";
import { basisOf, misfitOf } from "../../../src/engine/plan-fit.ts";
import type { RobotControl } from "../../../src/engine/robot/robot-control.ts";

const limit = { unit: "rad", isCircular: false };
const wheel = { unit: "rad", isCircular: true };

type State = {
  positions?: Record<string, number>;
  frame?: readonly number[] | null;
  carried?: { id: string; mass?: number }[];
  controllers?: { name: string; joints: string[] | null }[];
};

/** A robot of which the parts that matter are as given. */
function robotAt({ positions = {}, frame = still, carried = [], controllers = ours }: State): RobotControl {
  const found: unknown = {
    current: () => ({
      measured: { position: (joint: string) => positions[joint] ?? 0, velocity: () => undefined },
      limits: {
        joints: new Map([
          ["a", limit],
          ["wheel", wheel],
          ["roll", wheel],
        ]),
      },
      can: { trajectory: controllers },
    }),
    twin: { rootFrom: () => frame },
    surroundings: { objects: () => carried.map((one) => ({ link: "hand", ...one })) },
  };
  return found as RobotControl;
}

const still = [0, 0, 0, 0, 0, 0, 1];
const ours = [{ name: "arm", joints: ["a", "roll"] }];
const basis = basisOf({
  start: { a: 0, wheel: 0, roll: 3 },
  frames: { belt: still },
  scene: [{ link: null }],
} as never);
const at = (state: State) =>
  misfitOf(basis, robotAt({ ...state, positions: { roll: 3, ...state.positions } }), 0);

describe("whether a plan still fits", () => {
  it("does not depend on joints that no controller of trajectories drives, nor on whole turns", () => {
    expect(at({ positions: { wheel: 2 } })).toBeNull();
    expect(at({ positions: { roll: 3 - 2 * Math.PI } })).toBeNull();
    expect(at({ positions: { roll: 3.2 } })).toMatch(/^roll is 0.200 rad/);
  });

  it("depends on all joints but wheels where a controller does not say what it drives", () => {
    const controllers = [{ name: "some", joints: null }];
    expect(at({ controllers, positions: { wheel: 2 } })).toBeNull();
    expect(at({ controllers, positions: { a: 0.1 } })).toMatch(/^a is 0.100 rad/);
  });

  it("depends on where tf has the frames of its poses", () => {
    expect(at({ frame: [0.0005, 0, 0, 0, 0, 0, 1] })).toBeNull();
    expect(at({ frame: [0.01, 0, 0, 0, 0, 0, 1] })).toMatch(/"belt" has moved/);
    expect(at({ frame: null })).toMatch(/tf does not say any more/);
  });

  it("depends on what the robot carries", () => {
    expect(at({ carried: [{ id: "box", mass: 2 }] })).toMatch(/carries something else/);
  });
});
