import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatBreach,
  formatCount,
  formatNumber,
  formatPose,
  formatQuantity,
  formatValue,
} from "../../../src/viewer/store/format.ts";

describe("format", () => {
  it.each([
    [0.4123, "0.412"],
    [-1.1018, "−1.102"],
    [-0.0001, "0.000"],
    [0, "0.000"],
    [Number.NaN, "–"],
  ])("writes %d as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("turns radians into degrees when asked, and leaves metres alone", () => {
    expect(formatQuantity(Math.PI / 2, "rad", "rad")).toBe("1.571 rad");
    expect(formatQuantity(Math.PI / 2, "rad", "deg")).toBe("90.0°");
    expect(formatQuantity(-Math.PI, "rad/s", "deg")).toBe("−180.0°/s");
    expect(formatQuantity(0.05, "m", "deg")).toBe("0.050 m");
  });

  it.each([
    [-1, "–"],
    [0, "0 ms"],
    [999.4, "999 ms"],
    [1200, "1.2 s"],
    [9960, "10 s"],
    [119_000, "119 s"],
    [180_000, "3 min"],
    [7_200_000, "2 h"],
  ])("writes an age of %d ms as %s", (age, text) => {
    expect(formatAge(age)).toBe(text);
  });

  it("writes a refused position in the unit of the page", () => {
    const breach = { joint: "elbow", value: 3.490_658_5, lower: -2.4, upper: 2.4, unit: "rad" } as const;
    expect(formatBreach(breach, "deg")).toBe("elbow: 200.0° is outside −137.5° … 137.5°");
    expect(formatBreach(breach, "rad")).toBe("elbow: 3.491 rad is outside −2.400 rad … 2.400 rad");
    expect(formatBreach({ ...breach, value: 0.3, lower: 0, upper: 0.16, unit: "m" }, "deg")).toBe(
      "elbow: 0.300 m is outside 0.000 m … 0.160 m",
    );
  });

  it("groups digits by thin spaces", () => {
    expect(formatCount(48213)).toBe("48\u2009213");
    expect(formatCount(213)).toBe("213");
    expect(formatCount(1234567)).toBe("1\u2009234\u2009567");
  });

  it("writes a pose as metres and roll, pitch, yaw", () => {
    const half = Math.SQRT1_2;
    expect(formatPose([1, 0, -0.5], [0, 0, half, half], "rad")).toBe(
      "1.000  0.000  −0.500 m\n0.000  0.000  1.571 rad",
    );
    expect(formatPose([0, 0, 0], [half, 0, 0, half], "deg")).toContain("90.0  0.0  0.0 °");
  });

  it("writes whatever a device sends on one line", () => {
    expect(formatValue(true, "", "rad")).toBe("yes");
    expect(formatValue("open", "", "rad")).toBe("open");
    expect(formatValue(3, "", "rad")).toBe("3");
    expect(formatValue(21.5, "°C", "rad")).toBe("21.500 °C");
    expect(formatValue({ a: [1] }, "", "rad")).toBe('{"a":[1]}');
  });
});
