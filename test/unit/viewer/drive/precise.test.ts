import { describe, expect, it } from "vitest";
import { preciseShare, slowed } from "../../../../src/viewer/drive/precise.ts";
import { granted } from "./page-line.ts";

const zero = { x: 0, y: 0, z: 0 };

describe("precise mode", () => {
  it("leaves a tenth of every jog's speed, and its direction", () => {
    expect(preciseShare).toBe(0.1);
    expect(slowed({ kind: "jointVelocity", velocities: { elbow: 2, wrist: -1 } }, 0.1)).toEqual({
      kind: "jointVelocity",
      velocities: { elbow: 0.2, wrist: -0.1 },
    });
    expect(
      slowed({ kind: "cartesianVelocity", link: "tcp", linear: { x: 1, y: 0, z: -2 }, angular: zero }, 0.1),
    ).toEqual({ kind: "cartesianVelocity", link: "tcp", linear: { x: 0.1, y: 0, z: -0.2 }, angular: zero });
  });

  it("takes hold of a jog that is under way, and its zero stays a zero", () => {
    const { driver, line, platform } = granted();
    driver.jog.hold({ kind: "twist", linear: { x: 1, y: 0, z: 0 }, angular: zero });
    driver.precise.set(true);
    platform.advance(40);
    driver.jog.release();
    const speeds = line.of("command").map(({ command }) => (command as { linear: { x: number } }).linear.x);
    expect(speeds).toEqual([1, 0.1, 0]);
  });

  it("ends a jog of another kind before it begins one", () => {
    const { driver, line } = granted();
    driver.jog.hold({ kind: "twist", linear: { x: 1, y: 0, z: 0 }, angular: zero });
    driver.jog.hold({ kind: "jointVelocity", velocities: { elbow: 1 } });
    expect(line.of("command").map(({ command }) => command)).toEqual([
      { kind: "twist", linear: { x: 1, y: 0, z: 0 }, angular: zero },
      { kind: "twist", linear: zero, angular: zero },
    ]);
    driver.jog.release();
    expect(line.of("command").at(-1)).toMatchObject({ command: { velocities: { elbow: 0 } } });
  });
});
