import { describe, expect, it } from "vitest";
import { Jog, type JogCommand } from "../../../src/client/jog.ts";

const forward: JogCommand = { kind: "twist", linear: { x: 0.3, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } };
const still: JogCommand = { kind: "twist", linear: { x: 0, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } };

/** A jog over a line that can be cut, with a clock that is turned by hand. */
function bench() {
  const sent: JogCommand[] = [];
  const periods: number[] = [];
  const ticks = new Set<() => void>();
  const line = { up: true };
  const jog = new Jog(
    (command) => {
      if (line.up) sent.push(command);
      return line.up;
    },
    (ms, tick) => {
      periods.push(ms);
      ticks.add(tick);
      return () => ticks.delete(tick);
    },
  );
  const beat = (times = 1) => {
    for (let i = 0; i < times; i++) for (const tick of [...ticks]) tick();
  };
  return { jog, sent, line, beat, periods };
}

describe("jog", () => {
  it("sends at once and again while held, well within the server's 125 ms", () => {
    const { jog, sent, beat, periods } = bench();
    jog.hold(forward);
    beat(3);
    expect(sent).toEqual([forward, forward, forward, forward]);
    expect(periods.every((ms) => ms >= 40 && ms <= 50)).toBe(true);
  });

  it("sends one zero on release and is silent then", () => {
    const { jog, sent, beat } = bench();
    jog.hold(forward);
    jog.release();
    beat(5);
    jog.release();
    expect(sent).toEqual([forward, still]);
  });

  it("never sends a thing when nothing is held", () => {
    const { jog, sent, beat } = bench();
    jog.release();
    beat(5);
    expect(sent).toEqual([]);
  });

  it("changes what is held without a second timer", () => {
    const { jog, sent, beat, periods } = bench();
    jog.hold(forward);
    jog.hold(still);
    beat();
    expect(sent).toEqual([forward, still]);
    expect(periods).toHaveLength(1);
  });

  it("ends when the line is down and does not begin again by itself when it is back", () => {
    const { jog, sent, line, beat } = bench();
    jog.hold(forward);
    line.up = false;
    beat();
    line.up = true;
    beat(5);
    expect(sent).toEqual([forward]);
    expect(jog.active).toBe(false);
  });

  it("starts no timer when the first command cannot be sent", () => {
    const { jog, line, periods } = bench();
    line.up = false;
    jog.hold(forward);
    expect(periods).toEqual([]);
  });

  it("stops exactly the joints it moved", () => {
    const { jog, sent } = bench();
    jog.hold({ kind: "jointVelocity", velocities: { elbow: 0.4 } });
    jog.release();
    expect(sent[1]).toEqual({ kind: "jointVelocity", velocities: { elbow: 0 } });
  });

  it("says no zero when it is dropped", () => {
    const { jog, sent } = bench();
    jog.hold(forward);
    jog.drop();
    jog.release();
    expect(sent).toEqual([forward]);
  });
});
