import { describe, expect, it } from "vitest";
import { type Random, randomFrom } from "../robot/random-from.ts";
import { GateAtHand } from "./gate-at-hand.ts";

/** One random thing that happens to a gate; the same numbers do the same. */
function happen(at: GateAtHand, random: Random, i: number): void {
  const kind = random.below(14);
  const value = random.next() * 2 - 1;
  if (kind === 0) at.acquire();
  else if (kind === 1) at.gate.releaseSession("s", at.now, at.robot());
  else if (kind === 2) {
    const linear = { x: value, y: 0, z: 0 };
    at.send(i, { kind: "twist", linear, angular: { x: 0, y: 0, z: 0 } });
  } else if (kind === 3) at.send(i, { kind: "jointVelocity", velocities: { a: value } });
  else if (kind === 4) at.send(i, { kind: "jointPosition", positions: { a: value } });
  else if (kind === 5) at.accept();
  else if (kind === 6) {
    const goal = at.out.goals.at(-1)?.id;
    if (goal !== undefined) at.report(goal, random.pick(["done", "aborted"] as const));
  } else if (kind === 7 && random.below(4) === 0) at.gate.stop("t", "", at.now, at.robot());
  else if (kind === 8) at.gate.reset();
  else if (kind === 9) at.isBaseSeen = random.pick([true, false, null]);
  else if (kind === 10) at.joints.positions.set("a", value);
  else if (kind === 11 && random.below(4) === 0) at.gate.endMotion("reloaded", "", at.now);
}

/** All that leaves a gate in a run of random events, with quiet steps left out or not. */
function run(seed: number, leavesOut: boolean): { out: unknown; left: number } {
  const random = randomFrom(seed);
  const at = new GateAtHand();
  let left = 0;
  for (let i = 0; i < 3000; i++) {
    at.now += 10;
    // Long pauses, in which everything comes to its end, between busy times.
    if (i % 600 < 250 && random.below(3) === 0) happen(at, random, i);
    if (leavesOut && at.gate.isQuiet(at.now)) left++;
    else at.gate.update(at.now, 0.01, at.robot());
  }
  const { results, goals, cancels, twists, wishes } = at.out;
  return { out: { results, goals, cancels, twists, wishes }, left };
}

describe("a gate with nothing to do", () => {
  it("sends and answers the same whether its quiet steps are carried out or left out", () => {
    let left = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const short = run(seed, true);
      expect(short.out).toEqual(run(seed, false).out);
      left += short.left;
    }
    expect(left).toBeGreaterThan(10_000);
  });
});
