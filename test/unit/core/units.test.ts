import { describe, expect, it } from "vitest";
import { jointDimension, siFactor, siUnit, unitsOf } from "../../../src/core/units.ts";

describe("a unit", () => {
  it("has its factor to SI", () => {
    expect(siFactor("deg", "angle")).toBeCloseTo(Math.PI / 180, 15);
    expect(siFactor("rpm", "angularVelocity")).toBeCloseTo((2 * Math.PI) / 60, 15);
    expect(siFactor("mm", "length")).toBe(0.001);
    expect(siFactor("km/h", "velocity")).toBeCloseTo(1 / 3.6, 15);
    expect(siFactor("Ncm", "torque")).toBe(0.01);
    expect(siFactor("kgf", "force")).toBe(9.80665);
  });

  it("of another dimension has none", () => {
    expect(siFactor("mm", "angle")).toBeNull();
    expect(siFactor("rad", "length")).toBeNull();
    expect(siFactor("", "angle")).toBeNull();
    expect(siFactor("constructor", "angle")).toBeNull();
  });

  it("that is SI's own is 1, in every dimension", () => {
    for (const property of ["position", "velocity", "effort"] as const) {
      for (const slides of [true, false]) {
        const dimension = jointDimension(property, slides);
        expect(siFactor(siUnit(dimension), dimension)).toBe(1);
        expect(unitsOf(dimension).split(", ")).toContain(siUnit(dimension));
      }
    }
  });
});
