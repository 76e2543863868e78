import { expect, it } from "vitest";
import { sceneMisfit } from "../../../src/app/scene-misfit.ts";
import { sceneItems } from "../../../src/protocol/scene.ts";
import type { RobotModel } from "../../../src/robot/model.ts";

const withLinks = (...links: string[]) => ({ model: { links } as unknown as RobotModel });
const [cup, ofTwo] = sceneItems.parse([
  { id: "cup", shape: "sphere", radius: 0.1, attach: "tool0" },
  { id: "cup2", shape: "sphere", radius: 0.1, attach: "tool0", robot: "two" },
]) as [never, never];

it("finds attached objects that fit no robot, and says nothing of robots that are not known", () => {
  const of = (robots: Record<string, { model: RobotModel | null }>, item = cup) =>
    sceneMisfit(new Map(Object.entries(robots)), item);
  expect(of({})).toBeNull();
  expect(of({ one: { model: null } })).toBeNull();
  expect(of({ one: withLinks("base", "tool0") })).toBeNull();
  expect(of({ one: withLinks("base", "tool1") })).toBe(
    'object "cup": one has no link "tool0"; did you mean "tool1"?',
  );
  expect(of({ one: withLinks("base"), two: withLinks("tool0") })).toBeNull();
  expect(of({ one: withLinks("tool0"), two: withLinks("base") }, ofTwo)).toContain("two has no link");
  expect(of({ one: withLinks("base"), two: { model: null } })).toBeNull();
});
