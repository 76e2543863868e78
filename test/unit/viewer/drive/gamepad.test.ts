import { describe, expect, it } from "vitest";
import type { JogCommand } from "../../../../src/client/jog.ts";
import { Chance } from "../../../../src/core/chance.ts";
import { GamepadHand } from "../../../../src/viewer/drive/gamepad-hand.ts";
import {
  holdsDeadMan,
  type PadAim,
  type PadReading,
  padMotion,
  shaped,
} from "../../../../src/viewer/drive/gamepad-motion.ts";

const base: PadAim = { kind: "base", speed: { linear: 1, angular: 2 } };

function padWith(axes: number[], held: number[] = [], values: Record<number, number> = {}): PadReading {
  const buttons = Array.from({ length: 17 }, (_, at) => ({
    pressed: held.includes(at),
    value: values[at] ?? Number(held.includes(at)),
  }));
  return { connected: true, index: 0, axes, buttons };
}

describe("the sticks of a gamepad", () => {
  it("rest in their middle, and are fine near it", () => {
    expect(shaped(0.14)).toBe(0);
    expect(shaped(-0.15)).toBe(0);
    expect(shaped(1)).toBe(1);
    expect(shaped(-1)).toBe(-1);
    expect(shaped(0.5)).toBeCloseTo(((0.5 - 0.15) / 0.85) ** 2, 12);
    expect(shaped(Number.NaN)).toBe(0);
    expect(shaped(7)).toBe(1);
  });

  it("drive the base: up is forward, left turns to the left, the right stick goes sideways", () => {
    expect(padMotion(padWith([0, -1, 0, 0]), base)).toEqual({
      kind: "twist",
      linear: { x: 1, y: 0, z: 0 },
      angular: { x: 0, y: 0, z: 0 },
    });
    expect(padMotion(padWith([-1, 0, 0, 0]), base)).toMatchObject({ angular: { z: 2 } });
    expect(padMotion(padWith([0, 0, -1, 0]), base)).toMatchObject({ linear: { y: 1 } });
    expect(padMotion(padWith([0.1, -0.1, 0.05, 0.9]), base)).toBeNull();
  });

  it("move the tool along its six axes in the chosen frame", () => {
    const aim: PadAim = { kind: "tool", link: "tcp", frame: "base_link", linear: 0.1, angular: 0.5 };
    expect(padMotion(padWith([-1, -1, -1, -1], [], { 7: 1 }), aim)).toEqual({
      kind: "cartesianVelocity",
      link: "tcp",
      frame: "base_link",
      linear: { x: 0.1, y: 0.1, z: 0.1 },
      angular: { x: 0.5, y: 0, z: 0.5 },
    });
    expect(padMotion(padWith([0, 0, 0, 0], [], { 6: 1 }), aim)).toMatchObject({ angular: { x: -0.5 } });
    expect(padMotion(padWith([0, 0, 0, 0]), aim)).toBeNull();
  });

  it("jog one joint, up is more", () => {
    const aim: PadAim = { kind: "joint", joint: "elbow", velocity: 0.4 };
    expect(padMotion(padWith([1, 1, 0, 0]), aim)).toEqual({
      kind: "jointVelocity",
      velocities: { elbow: -0.4 },
    });
    expect(padMotion(padWith([1, 0, 0, 0]), aim)).toBeNull();
  });

  it("count only while a shoulder button is held on a connected pad", () => {
    expect(holdsDeadMan(padWith([], [4]))).toBe(true);
    expect(holdsDeadMan(padWith([], [5]))).toBe(true);
    expect(holdsDeadMan(padWith([], [0, 6, 7]))).toBe(false);
    expect(holdsDeadMan({ ...padWith([], [4]), connected: false })).toBe(false);
    expect(holdsDeadMan({ connected: true, index: 0, axes: [], buttons: [] })).toBe(false);
  });
});

/** What the jog was told. */
function recorded() {
  const told: (JogCommand | "release")[] = [];
  const hand = new GamepadHand({
    hold: (command) => told.push(command),
    release: () => told.push("release"),
  });
  return { hand, told };
}

const forward = padWith([0, -1, 0, 0], [4]);
const released = padWith([0, -1, 0, 0]);

describe("the dead-man button of a gamepad", () => {
  it("moves while it is held, and one release ends it", () => {
    const { hand, told } = recorded();
    hand.look(released, true, base);
    hand.look(forward, true, base);
    hand.look(forward, true, base);
    expect(told).toHaveLength(2);
    hand.look(released, true, base);
    hand.look(released, true, base);
    expect(told.slice(2)).toEqual(["release"]);
    expect(hand.phase).toBe("armed");
  });

  it("does not begin where it was held before the page could see it", () => {
    const { hand, told } = recorded();
    for (let look = 0; look < 5; look += 1) hand.look(forward, true, base);
    expect(told).toEqual([]);
    expect(hand.phase).toBe("pressed");
    hand.look(released, true, base);
    hand.look(forward, true, base);
    expect(told).toHaveLength(1);
  });

  it("does not begin by the lease that comes while it is held", () => {
    const { hand, told } = recorded();
    hand.look(released, false, base);
    hand.look(forward, false, base);
    hand.look(forward, true, base);
    expect(told).toEqual([]);
  });

  it.each([
    ["the page loses the focus", (hand: GamepadHand) => hand.interrupt()],
    ["the page may not move any more", (hand: GamepadHand) => hand.look(forward, false, base)],
    ["the pad is gone", (hand: GamepadHand) => hand.look(null, true, base)],
    [
      "the pad is disconnected",
      (hand: GamepadHand) => hand.look({ ...forward, connected: false }, true, base),
    ],
    [
      "another pad takes its place, whose button is held",
      (hand: GamepadHand) => hand.look({ ...forward, index: 1 }, true, base),
    ],
  ])("lets go when %s, and must be pressed anew", (_, happen) => {
    const { hand, told } = recorded();
    hand.look(released, true, base);
    hand.look(forward, true, base);
    happen(hand);
    expect(told.at(-1)).toBe("release");
    const count = told.length;
    hand.look(forward, true, base);
    hand.look(forward, true, base);
    expect(told).toHaveLength(count);
  });

  it("is silent while the sticks rest, with one zero after they moved", () => {
    const { hand, told } = recorded();
    const atRest = padWith([0, 0.05, 0, 0], [5]);
    hand.look(released, true, base);
    hand.look(atRest, true, base);
    hand.look(atRest, true, base);
    expect(told).toEqual([]);
    hand.look(forward, true, base);
    hand.look(atRest, true, base);
    hand.look(atRest, true, base);
    expect(told.slice(1)).toEqual(["release"]);
  });

  it("never moves in 20,000 random looks but while held since it was seen released", () => {
    const chance = new Chance(7);
    const { hand, told } = recorded();
    let seenReleased = false;
    for (let look = 0; look < 20_000; look += 1) {
      const isHeld = chance.next() < 0.6;
      const mayMove = chance.next() < 0.9;
      const pad =
        chance.next() < 0.02 ? null : padWith([0, chance.next() < 0.5 ? -1 : 0, 0, 0], isHeld ? [4] : []);
      if (chance.next() < 0.02) {
        hand.interrupt();
        seenReleased = false;
      }
      const before = told.length;
      hand.look(pad, mayMove, base);
      if (pad === null) seenReleased = false;
      else if (!isHeld) seenReleased = true;
      else if (!mayMove) seenReleased = false;
      const moved = told.slice(before).some((one) => one !== "release");
      if (moved) expect(isHeld && mayMove && pad !== null && seenReleased).toBe(true);
    }
    expect(told.length).toBeGreaterThan(1000);
  });
});
