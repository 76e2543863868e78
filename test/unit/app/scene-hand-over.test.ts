import { describe, expect, it } from "vitest";
import { handedOver, type SceneRobot } from "../../../src/app/scene-hand-over.ts";
import { type SceneItem, sceneItems } from "../../../src/protocol/scene.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";

/** Joint a turns an arm of 1 m about z; the tool is 1 m out along x. */
const urdf = `<robot name="two"><link name="base"/><link name="arm"/><link name="tool"/>
  <joint name="a" type="revolute"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/>
    <limit lower="-2" upper="2" velocity="1" effort="10"/></joint>
  <joint name="f" type="fixed"><parent link="arm"/><child link="tool"/><origin xyz="1 0 0"/></joint></robot>`;

function robotAt(a: number, isFresh = true): ReadonlyMap<string, SceneRobot> {
  const { description } = parseUrdf(urdf);
  if (description === null) throw new Error("no robot");
  const robot = {
    model: createModel(description),
    position: () => a,
    isFresh: () => isFresh,
    // The base stands at (2, 0, 0) of map.
    rootFrom: (frame: string) => (frame === "map" ? [-2, 0, 0, 0, 0, 0, 1] : null),
  };
  return new Map([["robot", robot as unknown as SceneRobot]]);
}

const item = (more: object): SceneItem =>
  (sceneItems.parse([{ id: "cup", shape: "sphere", radius: 0.05, ...more }]) as SceneItem[])[0] as SceneItem;
const made = (given: SceneItem | string): SceneItem => {
  if (typeof given === "string") throw new Error(given);
  return given;
};
const positionOf = ({ pose }: SceneItem) => pose.position.map((value) => Math.round(value * 1e9) / 1e9 + 0);

describe("an object that changes hands", () => {
  it("is attached where it is, and set free where it is then", () => {
    const free = item({ pose: { position: [0, 1.2, 0.1] } });
    const held = made(handedOver(robotAt(Math.PI / 2), free, { attach: "tool", mass: 0.3 }, 0));
    // The tool is at (0, 1, 0) and looks along y.
    expect(held).toMatchObject({ attach: "tool", robot: "robot", mass: 0.3 });
    expect(held.frame).toBeUndefined();
    expect(positionOf(held)).toEqual([0.2, 0, 0.1]);
    const put = made(handedOver(robotAt(0), held, {}, 0));
    expect(positionOf(put)).toEqual([1.2, 0, 0.1]);
    expect(put.attach).toBeUndefined();
    expect(put.mass).toBeUndefined();
    const inMap = made(handedOver(robotAt(0), held, { frame: "map" }, 0));
    expect(inMap.frame).toBe("map");
    expect(positionOf(inMap)).toEqual([3.2, 0, 0.1]);
    // And it is an object that the scene takes.
    expect(sceneItems.safeParse([held, { ...put, id: "b" }, { ...inMap, id: "c" }]).success).toBe(true);
  });

  it("is taken from a frame of tf, and from one link to another", () => {
    const inMap = item({ frame: "map", pose: { position: [3, 0, 0] } });
    expect(positionOf(made(handedOver(robotAt(0), inMap, { attach: "tool" }, 0)))).toEqual([0, 0, 0]);
    const held = item({ robot: "robot", attach: "tool", mass: 1 });
    const passed = made(handedOver(robotAt(1), held, { attach: "arm" }, 0));
    expect(positionOf(passed)).toEqual([1, 0, 0]);
    expect(passed.mass).toBe(1);
  });

  it("is there for all robots again in a frame of tf, and does not go from one robot's hand to another's", () => {
    const one = robotAt(0);
    const both = new Map([...one, ["other", one.get("robot") as SceneRobot]]);
    const held = made(handedOver(both, item({ frame: "map" }), { attach: "tool", robot: "robot" }, 0));
    expect(held.robot).toBe("robot");
    expect(handedOver(both, held, { attach: "tool", robot: "other" }, 0)).toMatch(/there for robot alone/);
    const free = made(handedOver(both, held, { frame: "map" }, 0));
    expect(free.robot).toBeUndefined();
    // In the frame of a link it is that robot's.
    expect(made(handedOver(both, held, { frame: "arm" }, 0)).robot).toBe("robot");
  });

  it("stays as it is where nobody knows where it is, with the reason", () => {
    const free = item({});
    const reason = (
      robots: ReadonlyMap<string, SceneRobot>,
      given = free,
      target: object = { attach: "tool" },
    ) => handedOver(robots, given, target, 0);
    expect(reason(robotAt(0, false))).toMatch(/joint "a" of robot is not measured now/);
    expect(reason(new Map())).toMatch(/name the robot/);
    expect(reason(robotAt(0), free, { attach: "hand" })).toBe('robot has no link "hand"');
    expect(reason(robotAt(0), free, { frame: "odom" })).toMatch(
      /"odom" is no link of robot, and tf does not say/,
    );
    expect(reason(robotAt(0), item({ frame: "odom" }))).toMatch(/"odom"/);
    expect(reason(robotAt(0), free, { attach: "tool", robot: "other" })).toMatch(/no robot "other"/);
  });
});
