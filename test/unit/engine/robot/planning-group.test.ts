import { expect, it } from "vitest";
import { chooseGroup } from "../../../../src/engine/robot/planning-group.ts";
import { loadDescription } from "../../../../src/engine/robot/robot-description.ts";
import { twoJointUrdf } from "../engine-at-hand.ts";

const loaded = loadDescription(twoJointUrdf);
if ("fault" in loaded) throw new Error(loaded.fault);
const { model } = loaded;
const groups = new Map([
  ["whole", { joints: ["a", "b"] }],
  ["upper", { joints: ["a"] }],
  ["mount", { joints: ["fixed_joint"] }],
]);

it("is the one with all of the joints and the fewest others", () => {
  expect(chooseGroup(groups, model, { moved: ["a"] }, undefined)).toBe("upper");
  expect(chooseGroup(groups, model, { moved: ["b"] }, undefined)).toBe("whole");
  expect(chooseGroup(groups, model, { moved: ["b", "a"] }, undefined)).toBe("whole");
});

it("for a pose is the one that moves the link most", () => {
  expect(chooseGroup(groups, model, { chain: ["a", "b"] }, undefined)).toBe("whole");
  expect(chooseGroup(groups, model, { chain: ["a"] }, undefined)).toBe("upper");
});

it("that is named counts, where the SRDF has it or is not known", () => {
  expect(chooseGroup(groups, model, { moved: ["a"] }, "whole")).toBe("whole");
  expect(chooseGroup(null, model, { moved: ["a"] }, "any")).toBe("any");
  expect(chooseGroup(groups, model, { moved: ["a"] }, "any")).toMatchObject({
    code: "no_group",
    message: expect.stringContaining("it has whole, upper, mount"),
  });
});

it("is missing with the reason where no group has them, or no SRDF is known", () => {
  expect(chooseGroup(groups, model, { moved: ["c"] }, undefined)).toMatchObject({ code: "no_group" });
  expect(chooseGroup(groups, model, { chain: [] }, undefined)).toMatchObject({ code: "no_group" });
  expect(chooseGroup(null, model, { moved: ["a"] }, undefined)).toMatchObject({
    code: "no_group",
    message: expect.stringContaining("no SRDF"),
  });
});
