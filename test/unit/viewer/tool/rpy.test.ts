import { describe, expect, it } from "vitest";
import { Chance } from "../../../../src/core/chance.ts";
import { quaternionOf } from "../../../../src/viewer/design/design-pose.ts";
import { composedTurn, quaternionOfRpy, rpyOf, turned } from "../../../../src/viewer/tool/rpy.ts";

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);

describe("roll, pitch and yaw", () => {
  it("mean what URDF means by them, and come back from the quaternion", () => {
    const chance = new Chance(3);
    for (let k = 0; k < 500; k += 1) {
      const rpy = [6 * chance.next() - 3, 3 * chance.next() - 1.5, 6 * chance.next() - 3] as const;
      const quaternion = quaternionOfRpy(...rpy);
      expect(Math.abs(dot(quaternion, quaternionOf(...rpy)))).toBeCloseTo(1, 12);
      rpyOf(quaternion).forEach((value, at) => {
        expect(value).toBeCloseTo(rpy[at] ?? 0, 9);
      });
    }
  });

  it.each([Math.PI / 2, -Math.PI / 2])("give a turn that is the same where pitch is %f", (pitch) => {
    const quaternion = quaternionOfRpy(0.4, pitch, 1.1);
    expect(Math.abs(dot(quaternionOfRpy(...rpyOf(quaternion)), quaternion))).toBeCloseTo(1, 6);
  });

  it("turn vectors, one turn after another", () => {
    const aboutZ = quaternionOfRpy(0, 0, Math.PI / 2);
    const aboutX = quaternionOfRpy(Math.PI / 2, 0, 0);
    turned(aboutZ, [1, 0, 0]).forEach((value, k) => {
      expect(value).toBeCloseTo([0, 1, 0][k] ?? 0, 12);
    });
    turned(composedTurn(aboutX, aboutZ), [1, 0, 0]).forEach((value, k) => {
      expect(value).toBeCloseTo([0, 0, 1][k] ?? 0, 12);
    });
  });
});
