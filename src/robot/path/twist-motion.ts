import { compose, writeIdentity } from "../rigid-transform.ts";
import { writeRotation } from "../rotation-vector.ts";
import type { Twist, TwistProfile } from "./twist-profile.ts";

/** Along which axes a twist is given: those of the root link, or the moved link's own, which turn with it. */
export type TwistAxes = "root" | "link";

/** Of a Gauss quadrature with two points; and √3/12, of Magnus' series with them (Blanes et al. 2009, section 5). */
const gauss = Math.sqrt(3) / 6;
const second = Math.sqrt(3) / 12;

/** Where a link is that moves by a twist: 12 numbers as in rigid-transform.ts. Allocates nothing while it goes. */
export class TwistMotion {
  readonly pose = new Float64Array(12);
  private readonly step = new Float64Array(12);
  private readonly half = new Float64Array(12);
  private readonly before = new Float64Array(12);
  private readonly twists = [0, 1, 2, 3, 4].map(() => new Float64Array(6)) as [
    Twist,
    Twist,
    Twist,
    Twist,
    Twist,
  ];
  private readonly rate = new Float64Array(6);

  constructor(private readonly axes: TwistAxes) {}

  /** On from the time `from` to `to`, s of the profile. Exact for a twist along the root's axes that does not turn. */
  advance(profile: TwistProfile, from: number, to: number): void {
    const { twists, rate, step, half, before, pose } = this;
    const h = to - from;
    const times = [from, from + (0.5 - gauss) * h, from + h / 2, from + (0.5 + gauss) * h, to];
    for (const [i, time] of times.entries()) profile.sample(time, twists[i] as Twist, rate);
    const [a, g1, b, g2, c] = twists;
    const side = this.axes === "root" ? -1 : 1;
    const [x1, y1, z1] = [g1[3] as number, g1[4] as number, g1[5] as number];
    const [x2, y2, z2] = [g2[3] as number, g2[4] as number, g2[5] as number];
    const k = side * second * h * h;
    writeIdentity(step, 0);
    writeRotation(
      (h / 2) * (x1 + x2) + k * (y1 * z2 - z1 * y2),
      (h / 2) * (y1 + y2) + k * (z1 * x2 - x1 * z2),
      (h / 2) * (z1 + z2) + k * (x1 * y2 - y1 * x2),
      step,
    );
    if (this.axes === "root") {
      const at = [9, 10, 11].map((i, j) => (pose[i] as number) + simpson(h, a, b, c, j));
      before.set(pose);
      compose(step, 0, before, 0, pose, 0);
      for (const [j, value] of at.entries()) pose[9 + j] = value;
      return;
    }
    writeIdentity(half, 0);
    writeRotation((h / 4) * (x1 + x2), (h / 4) * (y1 + y2), (h / 4) * (z1 + z2), half);
    for (let row = 0; row < 3; row += 1) {
      let [middle, end] = [0, 0];
      for (let j = 0; j < 3; j += 1) {
        middle += (half[3 * row + j] as number) * (b[j] as number);
        end += (step[3 * row + j] as number) * (c[j] as number);
      }
      step[9 + row] = (h / 6) * ((a[row] as number) + 4 * middle + end);
    }
    before.set(pose);
    compose(before, 0, step, 0, pose, 0);
  }
}

function simpson(h: number, a: Twist, b: Twist, c: Twist, j: number): number {
  return (h / 6) * ((a[j] as number) + 4 * (b[j] as number) + (c[j] as number));
}
