import { describe, expect, it } from "vitest";
import { inertiaBox, principalAxes } from "../../../src/viewer/design/inertia-box.ts";

/** xx xy xz yy yz zz of a solid box with these edges in m, turned by a rotation matrix row by row. */
function boxInertia(mass: number, [a, b, c]: readonly number[], rotation: readonly number[]): number[] {
  const square = (edge: number | undefined): number => (edge ?? 0) ** 2;
  const own = [square(b) + square(c), square(c) + square(a), square(a) + square(b)].map(
    (sum) => (mass * sum) / 12,
  );
  const entry = (row: number, column: number): number =>
    own.reduce(
      (sum, moment, k) => sum + (rotation[3 * row + k] ?? 0) * moment * (rotation[3 * column + k] ?? 0),
      0,
    );
  return [entry(0, 0), entry(0, 1), entry(0, 2), entry(1, 1), entry(1, 2), entry(2, 2)];
}

/** About (1, 2, 3)/√14 by 0.8 rad. */
function someRotation(): number[] {
  const [x, y, z] = [1, 2, 3].map((value) => value / Math.sqrt(14)) as [number, number, number];
  const [s, c] = [Math.sin(0.8), Math.cos(0.8)];
  const t = 1 - c;
  return [
    t * x * x + c,
    t * x * y - s * z,
    t * x * z + s * y,
    t * x * y + s * z,
    t * y * y + c,
    t * y * z - s * x,
    t * x * z - s * y,
    t * y * z + s * x,
    t * z * z + c,
  ];
}

const straight = [1, 0, 0, 0, 1, 0, 0, 0, 1];

describe("the box of an inertia", () => {
  it("is the box that the inertia was made of, turned or not", () => {
    for (const rotation of [straight, someRotation()]) {
      for (const edges of [
        [0.1, 0.2, 0.3],
        [0.2, 0.2, 0.2],
        [0.5, 0.01, 0.01],
        [0, 0.2, 0.3],
      ]) {
        const inertia = boxInertia(2.5, edges, rotation);
        const box = inertiaBox(2.5, inertia);
        if (box === null) throw new Error("there is no box");
        expect(box.isPossible).toBe(true);
        const sorted = [...box.size].sort((a, b) => a - b);
        for (const [i, edge] of [...edges].sort((a, b) => a - b).entries()) {
          expect(Math.abs((sorted[i] ?? 9) - edge)).toBeLessThan(1e-8);
        }
        const again = boxInertia(2.5, box.size, box.rotation);
        for (const [i, value] of inertia.entries()) expect(again[i]).toBeCloseTo(value, 12);
      }
    }
  });

  it("has right-handed axes of length 1", () => {
    const { axes } = principalAxes([0.3, -0.02, 0.05, 0.2, 0.01, 0.25]);
    const column = (k: number): number[] => [axes[k] ?? 0, axes[3 + k] ?? 0, axes[6 + k] ?? 0];
    const dot = (a: number[], b: number[]): number =>
      a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    const [x, y, z] = [column(0), column(1), column(2)];
    for (const axis of [x, y, z]) expect(dot(axis, axis)).toBeCloseTo(1, 14);
    expect(dot(x, y)).toBeCloseTo(0, 14);
    const cross = [0, 1, 2].map(
      (i) => (x[(i + 1) % 3] ?? 0) * (y[(i + 2) % 3] ?? 0) - (x[(i + 2) % 3] ?? 0) * (y[(i + 1) % 3] ?? 0),
    );
    expect(dot(cross, z)).toBeCloseTo(1, 14);
  });

  it("says so when no body has the inertia", () => {
    const box = inertiaBox(1, [0.1, 0, 0, 0.1, 0, 0.3]);
    expect(box?.isPossible).toBe(false);
    expect(box?.size.every((edge) => edge >= 0)).toBe(true);
    expect(box?.size[2]).toBe(0);
  });

  it("is none without mass or inertia", () => {
    expect(inertiaBox(0, [1, 0, 0, 1, 0, 1])).toBeNull();
    expect(inertiaBox(1, [0, 0, 0, 0, 0, 0])).toBeNull();
  });
});
