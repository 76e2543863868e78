import { expect, it } from "vitest";
import { openEnd } from "../../../../src/viewer/scene/gripper-opening.ts";
import type { JointInfo } from "../../../../src/viewer/store/robot-catalog.ts";

const joint = (changes: Partial<JointInfo> & { name: string }): JointInfo => ({
  ...{ type: "prismatic", unit: "m", lower: 0, upper: 0.04, maxEffort: 0, maxVelocity: 1, mimics: null },
  ...{ multiplier: 1, offset: 0, childLink: `${changes.name}_link` },
  ...changes,
});

type Place = [number, number, number];
type Position = (joint: string) => number | null;

it("is where the fingers are farther apart, whatever the sign of their range", () => {
  const left = joint({ name: "left", lower: -0.05, upper: 0 });
  const right = joint({ name: "right", mimics: "left", multiplier: -1 });
  const places = (link: string, position: Position): Place => [
    0,
    link === "left_link" ? (position("left") ?? 0) : (position("right") ?? 0),
    0,
  ];
  expect(openEnd(left, [left, right], places)).toBe("lower");
  const opposite = joint({ name: "left" });
  expect(openEnd(opposite, [opposite, right], places)).toBe("upper");
});

it("counts a follower's offset", () => {
  const one = joint({ name: "one", type: "revolute", unit: "rad", upper: 1 });
  const other = joint({ name: "other", type: "revolute", mimics: "one", multiplier: -1, offset: 1 });
  const seen: (number | null)[] = [];
  const places = (_: string, position: Position): Place => {
    seen.push(position("other"));
    return [0, 0, 0];
  };
  // They turn where they are: nobody knows which end is open.
  expect(openEnd(one, [one, other], places)).toBeNull();
  expect([...new Set(seen)].sort()).toEqual([0, 1]);
});

it("of one finger is at the upper end where it slides, and unknown where it turns", () => {
  const still = (): Place => [0, 0, 0];
  expect(openEnd(joint({ name: "a" }), [], still)).toBe("upper");
  expect(openEnd(joint({ name: "a", type: "revolute" }), [], still)).toBeNull();
  expect(openEnd(joint({ name: "a" }), [], () => null)).toBe("upper");
});
