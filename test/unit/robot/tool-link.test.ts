import { describe, expect, it } from "vitest";
import { toolLink } from "../../../src/robot/tool-link.ts";
import { modelOf } from "./model-of.ts";

const limit = '<limit lower="-1" upper="1" velocity="1" effort="1"/>';
const joint = (type: string, parent: string, child: string) =>
  `<link name="${child}"/><joint name="${child}_joint" type="${type}"><parent link="${parent}"/><child link="${child}"/>
<axis xyz="0 1 0"/>${type === "continuous" || type === "fixed" ? "" : limit}</joint>`;
const robot = (...joints: string[]) =>
  modelOf(`<robot name="r"><link name="base"/>${joints.join("")}</robot>`);

describe("the link that is meant where none is named", () => {
  it("is no wheel of a base, and the arm's where there is one on it", () => {
    const wheels = [joint("continuous", "base", "left"), joint("continuous", "base", "right")];
    expect(toolLink(robot(...wheels))).toBeNull();
    expect(
      toolLink(
        robot(
          joint("fixed", "base", "axle"),
          joint("continuous", "axle", "l"),
          joint("continuous", "axle", "r"),
        ),
      ),
    ).toBeNull();
    expect(
      toolLink(robot(...wheels, joint("revolute", "base", "lower"), joint("revolute", "lower", "upper"))),
    ).toBe("upper");
  });

  it("is what a single turntable turns, and nothing where nothing moves", () => {
    expect(toolLink(robot(joint("continuous", "base", "plate")))).toBe("plate");
    expect(toolLink(robot(joint("fixed", "base", "box")))).toBeNull();
  });
});
