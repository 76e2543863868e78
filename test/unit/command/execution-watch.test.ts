import { describe, expect, it } from "vitest";
import { GateAtHand } from "./gate-at-hand.ts";

const halfSpeed = (_planned: number, ms: number, at: (ms: number) => number): number => at(ms / 2);

/** A robot that begins a move of joint `a` by 1.5 rad; `follow` says where the joint is when its motion has it at `planned`. */
function moving(
  follow: (planned: number, ms: number, at: (ms: number) => number) => number,
  effort?: (ms: number) => number,
  followB: (planned: number) => number = (planned) => planned,
): string[] {
  const at = new GateAtHand();
  at.acquire();
  at.send(1, { kind: "jointPosition", positions: { a: 1.5, b: 0.9 } });
  const [goal] = at.out.goals;
  at.report(goal?.id ?? "", "accepted");
  const sample = { position: 0, velocity: 0, acceleration: 0, jerk: 0 };
  const planned = (joint: string, ms: number): number => {
    paths.get(joint)?.path.sample(ms / 1000, sample);
    return sample.position;
  };
  const paths = new Map(at.gate.sent());
  for (let ms = 0; ms < 7000; ms += 10) {
    const follows = planned("a", ms);
    at.joints.positions.set(
      "a",
      follow(follows, ms, (time) => planned("a", time)),
    );
    at.joints.positions.set("b", follow === halfSpeed ? planned("b", ms / 2) : followB(planned("b", ms)));
    if (effort !== undefined) at.joints.efforts.set("a", effort(ms));
    at.run(10);
  }
  return at.out.answers(1);
}

describe("a motion under way", () => {
  it("goes on while the joint lags as controllers do, and after one wrong message", () => {
    const answers = moving((planned, ms) => (ms === 500 ? planned + 1 : planned * 0.95));
    expect(answers.filter((answer) => answer.startsWith("aborted"))).toEqual([]);
  });

  it("goes on where a controller runs it at half the speed", () => {
    const answers = moving(halfSpeed);
    expect(answers.filter((answer) => answer.startsWith("aborted"))).toEqual([]);
  });

  it("is aborted when the robot stands, though the controller says nothing", () => {
    expect(moving((planned, ms) => (ms < 400 ? planned : 0.1))).toContain("aborted not_following");
  });

  it("is aborted when one joint leaves the path of all of them", () => {
    const answers = moving(
      (planned) => planned,
      undefined,
      (planned) => Math.min(planned, 0.3),
    );
    expect(answers).toContain("aborted not_following");
  });

  it("is aborted when the effort stays above the limit", () => {
    const answers = moving(
      (planned) => planned,
      (ms) => (ms > 600 ? 25 : 2),
    );
    expect(answers).toContain("aborted effort_limit");
  });

  it("is not judged by a limit that the effort at rest exceeds already", () => {
    const answers = moving(
      (planned) => planned,
      () => 25,
    );
    expect(answers.filter((answer) => answer.startsWith("aborted"))).toEqual([]);
  });
});
