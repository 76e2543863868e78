import { describe, expect, it } from "vitest";
import type { ThingJson } from "../../../../src/protocol/state-messages.ts";
import { thingTree } from "../../../../src/viewer/store/thing-tree.ts";

const thing = (type: ThingJson["type"], ...relationships: [string, string][]): ThingJson => ({
  type,
  definition: {},
  relationships: relationships.map(([name, target]) => ({ name, target })),
  properties: {},
});

/** A robot as the server describes it: two arms on one base. */
const robot = {
  "device/led": thing("device", ["mountedOn", "r/link/b"]),
  "r/link/a": thing("link", ["parentJoint", "r/joint/one"]),
  "r/link/b": thing("link", ["parentJoint", "r/joint/two"]),
  "r/link/base": thing("link"),
  "r/joint/one": thing("joint", ["parentLink", "r/link/base"], ["childLink", "r/link/a"]),
  "r/joint/two": thing("joint", ["parentLink", "r/link/base"], ["childLink", "r/link/b"]),
  r: thing(
    "robot",
    ["hasLink", "r/link/a"],
    ["hasLink", "r/link/b"],
    ["hasLink", "r/link/base"],
    ["hasJoint", "r/joint/one"],
    ["hasJoint", "r/joint/two"],
  ),
};

describe("the tree of things", () => {
  it("has the robot's chain below it, and devices beside it", () => {
    expect(thingTree(robot).map(({ id, depth }) => `${depth} ${id}`)).toEqual([
      "0 r",
      "1 r/link/base",
      "2 r/joint/one",
      "3 r/link/a",
      "2 r/joint/two",
      "3 r/link/b",
      "0 device/led",
    ]);
  });

  it("has each thing once, also where relationships go round or lead nowhere", () => {
    const odd = {
      x: thing("joint", ["parentLink", "y"], ["childLink", "y"]),
      y: thing("link", ["parentJoint", "x"]),
      z: thing("robot", ["hasLink", "nowhere"]),
    };
    expect(
      thingTree(odd)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["x", "y", "z"]);
  });

  it("takes a chain of any length", () => {
    const chain: Record<string, ThingJson> = { r: thing("robot", ["hasLink", "l0"]), l0: thing("link") };
    for (let i = 0; i < 20_000; i += 1) {
      chain[`j${i}`] = thing("joint", ["parentLink", `l${i}`], ["childLink", `l${i + 1}`]);
      chain[`l${i + 1}`] = thing("link");
    }
    expect(thingTree(chain)).toHaveLength(40_002);
  });
});
