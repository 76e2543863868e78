import { describe, expect, it } from "vitest";
import { GateAtHand } from "./gate-at-hand.ts";

function moving(): { at: GateAtHand; goal: string } {
  const at = new GateAtHand();
  at.acquire();
  at.send("m", { kind: "jointPosition", positions: { a: 1 } });
  return { at, goal: at.out.goals[0]?.id ?? "" };
}

/** The robot follows, but slowly. */
function crawl(at: GateAtHand, ms: number): void {
  for (let passed = 0; passed < ms; passed += 10) {
    at.joints.positions.set("a", (at.joints.position("a") ?? 0) + 5e-4);
    at.run(10);
  }
}

describe("a move", () => {
  it("is told in stages: accepted, sent, executing, done; and its command is reached", () => {
    const { at, goal } = moving();
    at.report(goal, "accepted");
    at.run(1000);
    const error = 0.01;
    at.gate.goalReport(
      { goalId: goal, stage: "executing", code: "ok", message: "", error },
      at.now,
      at.robot(),
    );
    at.report(goal, "done", "ok", "there");
    expect(at.out.answers("m")).toEqual([
      "accepted ok",
      "sent ok",
      "executing ok",
      "executing ok",
      "done ok",
    ]);
    const progress = at.out.results.map((r) => r.progress).filter((p) => p !== undefined);
    expect(progress[0]).toBe(0);
    expect(progress[1]).toBeGreaterThan(0);
    expect(progress[1]).toBeLessThan(1);
    expect(progress[2]).toBe(1);
    expect(at.out.wishes.map((w) => w.state)).toEqual(["sent", "accepted", "reached"]);
  });

  it("is given its time by the clock of a simulation that is slow, is paused or starts anew", () => {
    const { at, goal } = moving();
    at.robotTime = 5_000;
    at.report(goal, "accepted");
    for (let i = 0; i < 1000; i++) {
      at.robotTime += 1;
      at.run(10);
    }
    at.run(60_000);
    expect(at.out.answers("m").at(-1)).toBe("executing ok");
    at.robotTime = 0;
    at.run(10);
    at.robotTime += 60_000;
    at.run(10);
    expect(at.out.answers("m").at(-1)).toBe("aborted timed_out");
  });

  it("is aborted and cancelled when the controller does not answer in 3 s", () => {
    const { at, goal } = moving();
    at.run(3000);
    expect(at.out.answers("m").at(-1)).toBe("sent ok");
    at.run(20);
    expect(at.out.answers("m").at(-1)).toBe("aborted no_answer");
    expect(at.out.cancels).toEqual([goal]);
    expect(at.out.wishes.at(-1)?.state).toBe("timedOut");
    at.report(goal, "done", "ok", "late");
    expect(at.out.answers("m").at(-1)).toBe("aborted no_answer");
  });

  it("is aborted when no result comes in the time it should take", () => {
    const { at, goal } = moving();
    at.report(goal, "accepted");
    const duration = at.out.goals[0]?.points.at(-1)?.time ?? 0;
    crawl(at, 1000 * duration + 3900);
    expect(at.out.answers("m").at(-1)).toBe("executing ok");
    crawl(at, 200);
    expect(at.out.answers("m").at(-1)).toBe("aborted timed_out");
    expect(at.out.cancels).toEqual([goal]);
  });

  it("that reports progress before it was accepted counts as answered", () => {
    const { at, goal } = moving();
    at.report(goal, "executing");
    crawl(at, 3500);
    expect(at.out.answers("m").at(-1)).toBe("executing ok");
  });

  it("is replaced by a newer one: told, and left to the controller, which gives it up without a halt", () => {
    const { at, goal } = moving();
    at.send("n", { kind: "jointPosition", positions: { a: -1 } });
    expect(at.out.answers("m").at(-1)).toBe("aborted replaced");
    expect(at.out.answers("n")).toEqual(["accepted ok", "sent ok"]);
    expect(at.out.cancels).toEqual([]);
    expect(at.out.goals[1]?.id).not.toBe(goal);
  });

  it("is cancelled after all when the newer one that replaced it is rejected, unanswered or stopped", () => {
    const ends: ((at: GateAtHand, newer: string) => void)[] = [
      (at, newer) => at.report(newer, "aborted", "controller_rejected", ""),
      (at) => at.run(3020),
      (at) => at.gate.stop("Ann", "", at.now, at.robot()),
    ];
    for (const end of ends) {
      const { at, goal } = moving();
      at.report(goal, "accepted");
      at.send("n", { kind: "jointPosition", positions: { a: -1 } });
      // Replaced once more before anybody answered: the first one is not lost.
      at.send("o", { kind: "jointPosition", positions: { a: -0.5 } });
      end(at, at.out.goals[2]?.id ?? "");
      expect(at.out.cancels).toContain(goal);
    }
    const { at, goal } = moving();
    at.send("n", { kind: "jointPosition", positions: { a: -1 } });
    const newer = at.out.goals[1]?.id ?? "";
    at.report(newer, "aborted", "controller_-4", "");
    expect(at.out.cancels).toContain(goal);
  });

  it("is cancelled once the newer one is accepted, for a server that would run both", () => {
    const { at, goal } = moving();
    at.send("n", { kind: "jointPosition", positions: { a: -1 } });
    expect(at.out.cancels).toEqual([]);
    for (const stage of ["accepted", "executing", "done"] as const) {
      at.report(at.out.goals[1]?.id ?? "", stage);
      expect(at.out.cancels).toEqual([goal]);
    }
    expect(at.out.answers("n").at(-1)).toBe("done ok");
  });

  it("is cancelled by a newer one that goes to another controller", () => {
    const at = new GateAtHand();
    at.can = {
      trajectory: [
        { name: "left", joints: ["a"] },
        { name: "right", joints: ["b"] },
      ],
      twist: false,
    };
    at.acquire();
    at.send("m", { kind: "jointPosition", positions: { a: 1 } });
    at.send("n", { kind: "jointPosition", positions: { b: 0.5 } });
    expect(at.out.cancels).toEqual([at.out.goals[0]?.id]);
  });

  it("is not replaced by one that is refused", () => {
    const { at } = moving();
    at.send("n", { kind: "jointPosition", positions: { a: -9 } });
    expect(at.out.answers("m").at(-1)).toBe("sent ok");
    expect(at.out.cancels).toEqual([]);
  });

  it("is no plan any more once the controller ends it, nor the start of the next", () => {
    const { at, goal } = moving();
    at.run(300);
    const isPlanned = (): boolean => at.gate.sent().has("a");
    expect(isPlanned()).toBe(true);
    at.report(goal, "aborted", "controller_-4", "");
    expect(isPlanned()).toBe(false);
    at.send("n", { kind: "jointPosition", positions: { a: 0.9 } });
    const again = new GateAtHand();
    again.acquire();
    again.send("n", { kind: "jointPosition", positions: { a: 0.9 } });
    expect(at.out.goals[1]?.points).toEqual(again.out.goals[0]?.points);
  });

  it("passes on why the controller aborted it", () => {
    const { at, goal } = moving();
    at.report(goal, "accepted");
    at.report(goal, "aborted", "controller_-4", "path tolerance violated");
    expect(at.out.answers("m").at(-1)).toBe("aborted controller_-4");
    expect(at.out.cancels).toEqual([]);
    expect(at.out.wishes.at(-1)?.state).toBe("refused");
  });

  it("hears nothing of goals that are not its own", () => {
    const { at } = moving();
    at.report("somebody-else", "done");
    expect(at.out.answers("m")).toEqual(["accepted ok", "sent ok"]);
  });
});

describe("a move that its controller calls done", () => {
  it("is done once the measurement confirms it, within half a second", () => {
    const { at, goal } = moving();
    at.gate.goalReport({ goalId: goal, stage: "done", code: "ok", message: "reached!" }, at.now, at.robot());
    at.run(200);
    expect(at.out.answers("m").at(-1)).toBe("sent ok");
    at.joints.positions.set("a", 0.99);
    at.run(10);
    expect(at.out.answers("m").at(-1)).toBe("done ok");
    expect(at.out.wishes.at(-1)?.state).toBe("reached");
  });

  it("waits for a measurement that is newer than the report, for three seconds", () => {
    const { at, goal } = moving();
    at.joints.received = at.now;
    at.gate.goalReport({ goalId: goal, stage: "done", code: "ok", message: "" }, at.now, at.robot());
    at.run(900);
    expect(at.out.answers("m").at(-1)).toBe("sent ok");
    at.joints.positions.set("a", 1);
    at.joints.received = at.now;
    at.run(10);
    expect(at.out.answers("m").at(-1)).toBe("done ok");
    const never = moving();
    never.at.joints.received = never.at.now;
    never.at.gate.goalReport(
      { goalId: never.goal, stage: "done", code: "ok", message: "" },
      never.at.now,
      never.at.robot(),
    );
    never.at.run(3000);
    expect(never.at.out.answers("m").at(-1)).toBe("done not_reached");
  });

  it("is done with a code that says so where the joint is measured elsewhere, or not at all", () => {
    for (const spoil of [
      (at: GateAtHand) => at.joints.positions.set("a", 0.5),
      (at: GateAtHand) => at.joints.stale.add("a"),
    ]) {
      const { at, goal } = moving();
      spoil(at);
      at.gate.goalReport({ goalId: goal, stage: "done", code: "ok", message: "" }, at.now, at.robot());
      at.run(600);
      expect(at.out.answers("m").at(-1)).toBe("done not_reached");
      expect(at.out.results.at(-1)?.message).toMatch(/the controller reports success, but a /);
      expect(at.out.wishes.at(-1)?.state).toBe("timedOut");
    }
  });
});

describe("a move over two controllers", () => {
  function split(): GateAtHand {
    const at = new GateAtHand();
    at.can = {
      trajectory: [
        { name: "left", joints: ["a", "follower"] },
        { name: "right", joints: ["b"] },
      ],
      twist: false,
    };
    at.joints.positions.set("follower", 0.7);
    at.acquire();
    at.send("m", { kind: "jointPosition", positions: { a: 1, b: 0.5 } });
    return at;
  }

  it("is dealt out by joint, and a follower goes along by its rule", () => {
    const at = split();
    expect(at.out.goals.map((g) => [g.controller, g.joints, g.points.at(-1)?.positions])).toEqual([
      ["left", ["a", "follower"], [1, 2.1]],
      ["right", ["b"], [0.5]],
    ]);
    for (const { positions, velocities, accelerations } of at.out.goals[0]?.points ?? []) {
      expect(positions[1]).toBe(2 * (positions[0] as number) + 0.1);
      expect(velocities[1]).toBe(2 * (velocities[0] as number));
      expect(accelerations?.[1]).toBe(2 * (accelerations?.[0] as number));
    }
    expect(at.out.goals[0]?.points.at(-1)?.time).toBe(at.out.goals[1]?.points.at(-1)?.time);
  });

  it("is refused where it would take a follower beyond the follower's own limits", () => {
    const at = split();
    at.out.goals.length = 0;
    const answers = at.send("far", { kind: "jointPosition", positions: { a: 1.5 } });
    expect(answers.at(-1)).toBe("refused outside_limits");
    const onePoint = { kind: "jointTrajectory" as const, points: [{ time: 9, positions: { a: 1.5 } }] };
    expect(at.send("one point", onePoint).at(-1)).toBe("refused outside_limits");
    expect(at.out.goals).toEqual([]);
  });

  it("holds joints that are not named where they are measured", () => {
    const at = new GateAtHand();
    at.joints.positions.set("b", 0.7);
    at.acquire();
    at.send("m", { kind: "jointPosition", positions: { a: 1 } });
    const [goal] = at.out.goals;
    expect(goal?.joints).toEqual(["a", "b"]);
    for (const point of goal?.points ?? []) {
      expect([point.positions[1], point.velocities[1], point.accelerations?.[1]]).toEqual([0.7, 0, 0]);
    }
  });

  it("is refused when a joint that would have to be held is not measured now", () => {
    const at = split();
    at.joints.stale.add("follower");
    const sent = at.out.goals.length;
    expect(at.send("n", { kind: "jointPosition", positions: { a: 0.5 } })).toEqual(["refused stale_state"]);
    expect(at.send("j", { kind: "jointVelocity", velocities: { a: 0.5 } })).toEqual(["refused stale_state"]);
    expect(at.out.goals).toHaveLength(sent);
  });

  it("is done when both are, and aborted with the other cancelled when one is", () => {
    const at = split();
    const [left, right] = at.out.goals.map((g) => g.id);
    at.report(left ?? "", "accepted");
    at.report(right ?? "", "accepted");
    at.report(left ?? "", "done");
    expect(at.out.answers("m").at(-1)).toBe("executing ok");
    at.report(right ?? "", "done");
    expect(at.out.answers("m").at(-1)).toBe("done ok");

    const other = split();
    const [, failing] = other.out.goals.map((g) => g.id);
    other.report(failing ?? "", "aborted", "controller_-5", "");
    expect(other.out.answers("m").at(-1)).toBe("aborted controller_-5");
    expect(other.out.cancels).toEqual([other.out.goals[0]?.id]);
  });

  it("is refused as a whole when one of its joints has no controller", () => {
    const at = new GateAtHand();
    at.can = { trajectory: [{ name: "left", joints: ["a"] }], twist: false };
    at.acquire();
    expect(at.send("m", { kind: "jointPosition", positions: { a: 1, b: 0.5 } })).toEqual([
      "refused no_controller",
    ]);
    expect(at.out.goals).toEqual([]);
  });

  it("takes a controller that does not tell its joints for those nobody else drives", () => {
    const at = new GateAtHand();
    at.can = {
      trajectory: [
        { name: "any", joints: null },
        { name: "right", joints: ["b"] },
      ],
      twist: false,
    };
    at.acquire();
    at.send("m", { kind: "jointPosition", positions: { a: 1, b: 0.5 } });
    expect(at.out.goals.map((g) => [g.controller, g.joints])).toEqual([
      ["any", ["a"]],
      ["right", ["b"]],
    ]);
  });
});
