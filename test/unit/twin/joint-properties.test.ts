import { describe, expect, it } from "vitest";
import { TwinGraph } from "../../../src/twin/graph.ts";
import {
  jointOfPath,
  jointPath,
  jointProperty,
  jointUnit,
  setJointUnits,
  unitOfPath,
} from "../../../src/twin/joint-properties.ts";

describe("a joint's values", () => {
  it("have one path, also of a name with slashes", () => {
    for (const name of ["elbow", "left/elbow", "position"]) {
      expect(jointOfPath(jointPath(name, "gravity_effort"))).toEqual({ joint: name, leaf: "gravity_effort" });
    }
    for (const path of ["joint/elbow", "joint/elbow/temperature", "base/pose", "link/joint/elbow/position"]) {
      expect(jointOfPath(path), path).toBeNull();
    }
  });

  it("have the unit of the joint: N and m where it is prismatic, N·m and rad where not or not known", () => {
    const leaves = [
      "position",
      "velocity",
      "effort",
      "gravity_effort",
      "required_effort",
      "effort_margin",
    ] as const;
    expect(leaves.map((leaf) => jointUnit(leaf, true))).toEqual(["m", "m/s", "N", "N", "N", "1"]);
    for (const kind of [false, null]) {
      expect(leaves.map((leaf) => jointUnit(leaf, kind))).toEqual(["rad", "rad/s", "N·m", "N·m", "N·m", "1"]);
    }
  });

  it("keep a unit that somebody configured for them", () => {
    expect(unitOfPath("joint/lift/effort", "A", () => true)).toBe("A");
    expect(unitOfPath("joint/lift/effort", "", () => true)).toBe("N");
    expect(unitOfPath("battery/percentage", "rad", () => true)).toBe("rad");
  });

  it("get the described unit whoever spoke first, and clients get a snapshot", () => {
    const graph = new TwinGraph();
    const thing = graph.define("r", "robot", {});
    const lift = jointProperty(graph, thing, "lift", "position", null);
    const other = jointProperty(graph, thing, "undescribed", "position", null);
    expect(lift.unit).toBe("rad");
    const { definitions } = graph;
    setJointUnits(graph, thing, (joint) => (joint === "lift" ? true : null));
    expect([lift.unit, other.unit]).toEqual(["m", "rad"]);
    expect(graph.definitions).toBe(definitions + 1);
    setJointUnits(graph, thing, (joint) => (joint === "lift" ? true : null));
    expect(graph.definitions).toBe(definitions + 1);
  });
});
