import { readFileSync } from "node:fs";

/** test/truth/odometry.json; what its rows are stands in scripts/truth/make-odometry.py. */
export type OdometryTruth = {
  arcs: {
    start: [number, number, number];
    twist: [number, number, number];
    dt: number;
    end: [number, number, number, number];
  }[];
  rolling: {
    kind: "omni" | "mecanum" | "differential";
    wheels: [number, number, number, number, number][];
    twist: [number, number, number];
    speeds: number[];
    disturbed: number[];
    best: [number, number, number];
  }[];
  steered: {
    wheels: [number, number, number, boolean][];
    axle: number;
    twist: [number, number];
    speeds: number[];
    steering: number[];
  }[];
};

export const truth: OdometryTruth = JSON.parse(
  readFileSync(new URL("../../../truth/odometry.json", import.meta.url), "utf8"),
);

/** max |a − b| / (1 + |b|) over two lists of one length. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  let most = 0;
  for (let i = 0; i < a.length; i += 1) {
    const off = Math.abs((a[i] ?? 0) - (b[i] ?? 0)) / (1 + Math.abs(b[i] ?? 0));
    // Unlike Math.max, this lets NaN through.
    if (!(off <= most)) most = off;
  }
  return most;
}
