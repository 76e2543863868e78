import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import { GateAtHand, twist } from "./gate-at-hand.ts";

const move: MotionCommand = { kind: "jointPosition", positions: { a: 1 } };

function driven(): GateAtHand {
  const at = new GateAtHand();
  at.acquire();
  return at;
}

describe("the gate refuses, with a code", () => {
  const cases: [string, MotionCommand, string][] = [
    ["a joint the robot lacks", { kind: "jointPosition", positions: { x: 0 } }, "unknown_joint"],
    ["a joint named __proto__", { kind: "jointVelocity", velocities: { ["__proto__"]: 1 } }, "unknown_joint"],
    ["a joint that follows another", { kind: "jointPosition", positions: { follower: 0 } }, "mimic_joint"],
    ["a goal outside the limits", { kind: "jointPosition", positions: { a: 2.001 } }, "outside_limits"],
    ["NaN", { kind: "jointPosition", positions: { a: Number.NaN } }, "not_finite"],
    [
      "an infinite velocity",
      { kind: "jointVelocity", velocities: { a: Number.POSITIVE_INFINITY } },
      "not_finite",
    ],
    ["a twist that is not finite", twist(Number.NaN), "not_finite"],
    [
      "a twist that leaves the plane",
      { ...(twist(0.1) as object), linear: { x: 0, y: 0, z: 1 } } as MotionCommand,
      "unsupported_axis",
    ],
    ["a plan that nobody made", { kind: "plan", planId: "p", stateHash: "h" }, "stale_plan"],
  ];
  for (const [what, command, code] of cases) {
    it(what, () => {
      const at = driven();
      expect(at.send(1, command)).toEqual([`refused ${code}`]);
      at.run(500);
      expect(at.out.motions()).toBe(0);
      expect(at.out.wishes).toEqual([]);
    });
  }

  it("joints that are not measured now", () => {
    const at = driven();
    at.joints.stale.add("a");
    expect(at.send(1, move)).toEqual(["refused stale_state"]);
    expect(at.send(2, { kind: "jointVelocity", velocities: { a: 1 } })).toEqual(["refused stale_state"]);
    at.joints.positions.delete("b");
    expect(at.send(3, { kind: "jointPosition", positions: { b: 0.1 } })).toEqual(["refused stale_state"]);
    expect(at.out.motions()).toBe(0);
  });

  it("motion that no controller takes", () => {
    const at = driven();
    at.can = { trajectory: [{ name: "other", joints: ["b"] }], twist: false };
    expect(at.send(1, move)).toEqual(["refused no_controller"]);
    expect(at.send(2, twist(0.1))).toEqual(["refused no_controller"]);
    expect(at.send(3, { kind: "jointVelocity", velocities: { a: 0.1 } })).toEqual(["refused no_controller"]);
    expect(at.out.motions()).toBe(0);
  });

  it("whoever holds no lease, another's session and another epoch", () => {
    const at = new GateAtHand();
    expect(at.send(1, move)).toEqual(["refused no_lease"]);
    at.acquire();
    expect(at.send(2, move, { session: "x" })).toEqual(["refused no_lease"]);
    expect(at.send(3, move, { epoch: at.epoch + 1 })).toEqual(["refused no_lease"]);
    expect(at.out.motions()).toBe(0);
  });

  it("what a device's side objects to", () => {
    const at = driven();
    at.out.deviceObjection = { code: "read_only", message: "no" };
    expect(at.send(1, { kind: "device", device: "d", signal: "s", value: 1 })).toEqual(["refused read_only"]);
  });
});

describe("the age of a command", () => {
  it("is judged by the server: older than its time to live is refused", () => {
    const at = driven();
    expect(at.send(1, move, { issued: at.now - 501 })).toEqual(["refused expired"]);
    expect(at.send(2, move, { issued: at.now - 500 })[0]).toBe("accepted ok");
  });

  it("is not believed from a clock 10 s ahead or 10 s behind", () => {
    const at = driven();
    expect(at.send(1, twist(0.3), { issued: at.now + 10_000 })).toEqual(["refused from_the_future"]);
    expect(at.send(2, twist(0.3), { issued: at.now - 10_000 })).toEqual(["refused expired"]);
    at.run(300);
    expect(at.out.twists).toEqual([]);
  });

  it("allows a clock that is a little ahead, without a longer lease for it", () => {
    const at = driven();
    expect(at.send(1, twist(0.3), { issued: at.now + 900, ttlMs: 5000 })).toEqual(["accepted ok"]);
    at.run(110);
    const moving = at.out.twists.length;
    expect(at.out.twists.at(-1)?.x).toBeGreaterThan(0.09);
    at.run(400);
    expect(at.out.twists.length).toBeGreaterThan(moving);
    expect(at.out.twists.at(-1)).toEqual({ x: 0, y: 0, yaw: 0 });
  });

  it("shortens a jog's lease to what is left of its time to live", () => {
    const at = driven();
    at.send(1, twist(0.3), { ttlMs: 30 });
    at.run(300);
    expect(Math.max(...at.out.twists.map((t) => t.x))).toBeLessThan(0.05);
  });

  it("leaves a device what is left of its time to live", () => {
    const at = driven();
    at.send(1, { kind: "device", device: "d", signal: "s", value: 1 }, { issued: at.now - 200, ttlMs: 500 });
    expect(at.out.devices).toEqual([{ ttlMs: 300 }]);
  });
});

describe("the sequence of commands", () => {
  it("refuses what comes twice and what comes after a newer one", () => {
    const at = driven();
    expect(at.send(1, twist(0.1), { seq: 5 })).toEqual(["accepted ok"]);
    expect(at.send(2, twist(0.4), { seq: 5 })).toEqual(["refused stale_sequence"]);
    expect(at.send(3, twist(0.4), { seq: 4 })).toEqual(["refused stale_sequence"]);
    expect(at.send(4, twist(0.2), { seq: 6 })).toEqual(["accepted ok"]);
  });

  it("counts a refused command's number too, so that it cannot be played again later", () => {
    const at = driven();
    expect(at.send(1, move, { seq: 9, issued: at.now - 600 })).toEqual(["refused expired"]);
    expect(at.send(2, move, { seq: 9 })).toEqual(["refused stale_sequence"]);
  });

  it("starts anew with each lease, and never for the one before", () => {
    const at = driven();
    const before = at.epoch;
    at.send(1, twist(0), { seq: 100 });
    at.acquire();
    expect(at.send(2, twist(0), { seq: 0 })[0]).toBe("accepted ok");
    expect(at.send(3, twist(0.5), { seq: 101, epoch: before })).toEqual(["refused no_lease"]);
  });
});

describe("the stop", () => {
  it("ends a move and a jog at once, sends one zero, revokes the lease and latches", () => {
    const at = driven();
    at.send("move", move);
    at.report(at.out.goals[0]?.id ?? "", "accepted", "ok", "");
    at.send("drive", twist(0.4));
    at.run(60);
    const before = at.out.twists.length;
    expect(at.gate.stop("Ann", "test", at.now, at.robot())).toBe(true);
    expect(at.out.twists.slice(before)).toEqual([{ x: 0, y: 0, yaw: 0 }]);
    expect(at.out.cancels).toEqual([at.out.goals[0]?.id]);
    expect(at.out.answers("move").at(-1)).toBe("aborted stopped");
    expect(at.out.answers("drive").at(-1)).toBe("aborted stopped");
    expect(at.gate.lease.current()).toBeNull();
    expect(at.gate.latch.current()).toEqual({ by: "Ann", at: at.now, reason: "test" });
  });

  it("lets nothing move until the reset, whatever is asked", () => {
    const at = driven();
    at.gate.stop("Ann", "", at.now, at.robot());
    const still = at.out.motions();
    at.acquire();
    expect(at.send(1, twist(0.4))).toEqual(["refused stopped"]);
    expect(at.send(2, move)).toEqual(["refused stopped"]);
    expect(at.send(3, { kind: "jointVelocity", velocities: { a: 1 } })).toEqual(["refused stopped"]);
    expect(at.send(4, { kind: "device", device: "d", signal: "s", value: 1 })).toEqual(["refused stopped"]);
    at.run(1000);
    expect(at.out.motions()).toBe(still);
    expect(at.out.devices).toEqual([]);
  });

  it("is released by a reset that sends nothing; the old lease stays dead", () => {
    const at = driven();
    const old = at.epoch;
    at.send("drive", twist(0.4));
    at.run(100);
    at.gate.stop("Ann", "", at.now, at.robot());
    const still = at.out.motions();
    expect(at.gate.reset()).toBe(true);
    expect(at.gate.reset()).toBe(false);
    at.run(2000);
    expect(at.out.motions()).toBe(still);
    expect(at.send(1, twist(0.4), { epoch: old })).toEqual(["refused no_lease"]);
    at.acquire();
    expect(at.send(2, twist(0.4))).toEqual(["accepted ok"]);
  });

  it("keeps its first presser, and every press sends the zero again", () => {
    const at = driven();
    at.gate.stop("Ann", "", at.now, at.robot());
    expect(at.gate.stop("Bob", "", at.now, at.robot())).toBe(false);
    expect(at.gate.latch.current()?.by).toBe("Ann");
    expect(at.out.twists).toHaveLength(2);
  });

  it("that was remembered stands from the start", () => {
    const at = new GateAtHand({ by: "Ann", at: 5, reason: "yesterday" });
    at.acquire();
    expect(at.send(1, move)).toEqual(["refused stopped"]);
    expect(at.gate.reset()).toBe(true);
    expect(at.send(2, move)[0]).toBe("accepted ok");
  });

  it("sends no twist to a robot without a base", () => {
    const at = driven();
    at.can = { ...at.can, twist: false };
    at.gate.stop("Ann", "", at.now, at.robot());
    expect(at.out.twists).toEqual([]);
  });
});

describe("a joint under jog", () => {
  it("leaves the joints beside it where they were at its start, though they sag meanwhile", () => {
    const at = driven();
    for (let i = 0; i < 20; i++) {
      at.send(i, { kind: "jointVelocity", velocities: { a: 0.2 } });
      at.run(40);
      at.joints.positions.set("b", -0.001 * i);
    }
    const held = at.out.goals.map((goal) => goal.points.at(-1)?.positions[goal.joints.indexOf("b")]);
    expect(held.length).toBeGreaterThan(5);
    expect(new Set(held)).toEqual(new Set([0]));
  });
});

describe("a base under jog", () => {
  /** A control that is held for `ms` at half a meter per second; the answers to its last command. */
  function hold(at: GateAtHand, ms: number): string[] {
    let answers: string[] = [];
    for (let passed = 0; passed < ms; passed += 40) {
      answers = at.send(`${at.now}`, twist(0.5));
      at.run(40);
    }
    return answers;
  }
  const zero = { x: 0, y: 0, yaw: 0 };

  it.each([
    ["is gone", { isThere: false, isSeen: true }, "controller_gone"],
    ["is not measured any more", { isThere: true, isSeen: false }, "stale_state"],
  ] as const)(
    "that %s ends the jog, and once it is back a held control does not move it",
    (_, lost, code) => {
      const at = driven();
      at.isBaseSeen = true;
      hold(at, 800);
      expect(at.out.twists.at(-1)?.x).toBe(0.5);
      at.can = { ...at.can, twist: lost.isThere };
      at.isBaseSeen = lost.isSeen;
      at.run(10);
      expect(at.out.twists.at(-1)).toEqual(zero);
      expect(at.out.results.at(-1)).toMatchObject({ stage: "aborted", code });
      const sent = at.out.twists.length;
      expect(hold(at, 400)).toEqual([`refused ${code}`]);
      at.can = { ...at.can, twist: true };
      at.isBaseSeen = true;
      expect(hold(at, 2000)).toEqual([`refused ${code}`]);
      expect(at.out.twists).toHaveLength(sent);
      // Released and pressed again.
      at.run(300);
      expect(hold(at, 800)).toEqual(["accepted ok"]);
      expect(at.out.twists.at(-1)?.x).toBe(0.5);
    },
  );

  it("of a robot whose description is replaced needs a fresh press, and a zero is a release", () => {
    const at = driven();
    hold(at, 800);
    at.gate.endMotion("reloaded", "the robot's description changed", at.now);
    const sent = at.out.twists.length;
    expect(hold(at, 1000)).toEqual(["refused reloaded"]);
    expect(at.out.twists).toHaveLength(sent);
    at.send("zero", twist(0));
    expect(hold(at, 800)).toEqual(["accepted ok"]);
    expect(at.out.twists.at(-1)?.x).toBe(0.5);
  });

  it("whose pose is not measured from the beginning is driven all the same", () => {
    const at = driven();
    at.isBaseSeen = false;
    expect(hold(at, 800)).toEqual(["accepted ok"]);
    expect(at.out.twists.at(-1)?.x).toBe(0.5);
  });

  it("rolls while fresh commands come, and 115 ms after the last one ramps to exactly one zero", () => {
    const at = driven();
    for (let i = 0; i < 20; i++) {
      at.send(i, twist(0.5));
      at.run(40);
    }
    expect(at.out.twists.at(-1)).toEqual({ x: 0.5, y: 0, yaw: 0 });
    const lastFresh = at.now - 40;
    const sent = at.out.twists.length;
    const times: number[] = [];
    for (let i = 0; i < 200; i++) {
      const count = at.out.twists.length;
      at.run(10);
      if (at.out.twists.length > count) times.push(at.now);
    }
    const after = at.out.twists.slice(sent);
    const slowing = after.findIndex((t) => t.x < 0.5);
    expect((times[slowing] ?? Number.POSITIVE_INFINITY) - lastFresh).toBeLessThanOrEqual(115 + 20 + 10);
    expect(after.filter((t) => t.x === 0 && t.y === 0 && t.yaw === 0)).toHaveLength(1);
    expect(after.at(-1)).toEqual({ x: 0, y: 0, yaw: 0 });
    const rampMs = 1000 * (0.5 / 1);
    expect((times.at(-1) ?? Number.POSITIVE_INFINITY) - lastFresh).toBeLessThanOrEqual(115 + rampMs + 20);
    expect(at.out.answers(19)).toEqual(["accepted ok", "done ok"]);
  });

  it("starts from rest after the program was frozen, as the base has stopped by itself", () => {
    for (const drivesOn of [false, true]) {
      const at = driven();
      for (let i = 0; i < 20; i++) {
        at.send(i, twist(0.5));
        at.run(40);
      }
      at.now += 3000;
      const before = at.out.twists.length;
      if (drivesOn) at.send("on", twist(0.5));
      at.run(10);
      expect(at.out.twists[before]?.x ?? 0).toBeLessThanOrEqual(drivesOn ? 0.1 : 0);
      at.run(900);
      expect(at.out.twists.at(-1)).toEqual({ x: 0, y: 0, yaw: 0 });
    }
  });

  it("never changes speed faster than its limits allow", () => {
    const at = driven();
    at.send(1, twist(0.5, 1.5));
    at.run(50);
    at.send(2, twist(-0.5, -1.5));
    at.run(100);
    at.send(3, twist(0, 0, 0.5));
    at.run(800);
    const pairs = at.out.twists.slice(1).map((t, i) => [at.out.twists[i], t] as const);
    for (const [a, b] of pairs) {
      if (a === undefined) continue;
      expect(Math.abs(b.x - a.x)).toBeLessThanOrEqual(0.02 + 1e-12);
      expect(Math.abs(b.y - a.y)).toBeLessThanOrEqual(0.02 + 1e-12);
      expect(Math.abs(b.yaw - a.yaw)).toBeLessThanOrEqual(0.06 + 1e-12);
    }
  });

  it("cuts what is too fast, keeps the direction and says so", () => {
    const at = driven();
    expect(at.send(1, twist(3, 9, 4))).toEqual(["accepted limited"]);
    for (let i = 0; i < 20; i++) {
      at.send(`more${i}`, twist(3, 9, 4));
      at.run(50);
    }
    const fastest = at.out.twists.at(-1);
    expect(Math.hypot(fastest?.x ?? 0, fastest?.y ?? 0)).toBeCloseTo(0.5, 12);
    expect((fastest?.y ?? 0) / (fastest?.x ?? 1)).toBeCloseTo(4 / 3, 12);
    expect(fastest?.yaw).toBe(1.5);
  });

  it("is silent when idle: a pad that says zero publishes nothing", () => {
    const at = driven();
    for (let i = 0; i < 10; i++) {
      at.send(i, twist(0));
      at.run(40);
    }
    expect(at.out.twists).toEqual([]);
    expect(at.out.answers(9)).toEqual(["accepted ok", "done ok"]);
  });

  it("ramps down when its driver's lease ends, and says why in the log of commands under way", () => {
    const at = driven();
    at.send("move", move);
    at.send("drive", twist(0.5));
    at.run(100);
    expect(at.gate.releaseSession("s", at.now, at.robot())).toBe(true);
    at.run(700, false);
    expect(at.out.twists.at(-1)).toEqual({ x: 0, y: 0, yaw: 0 });
    expect(at.out.answers("move").at(-1)).toBe("aborted lease_lost");
    expect(at.gate.releaseSession("s", at.now, at.robot())).toBe(false);
  });

  it("stops at once when the program ends, with one zero and without a latch", () => {
    const at = driven();
    at.send("drive", twist(0.5));
    at.run(100);
    const before = at.out.twists.length;
    at.gate.endMotion("shutdown", "bye", at.now);
    expect(at.out.twists.slice(before)).toEqual([{ x: 0, y: 0, yaw: 0 }]);
    expect(at.gate.latch.current()).toBeNull();
    at.gate.endMotion("shutdown", "bye", at.now);
    expect(at.out.twists).toHaveLength(before + 1);
  });
});

describe("a motion whose numbers overflow", () => {
  // What arithmetic makes of them may be infinite, zero or no number, and compares as within every limit.
  it.each<[string, MotionCommand]>([
    [
      "a time next to nothing",
      { kind: "jointTrajectory", points: [{ time: 1e-300, positions: { a: 0.8 } }] },
    ],
    ["a short time", { kind: "jointTrajectory", points: [{ time: 1e-155, positions: { a: 0.8 } }] }],
    [
      "a shorter time than controllers know",
      { kind: "jointTrajectory", points: [{ time: 5e-5, positions: { a: 1e-6 } }] },
    ],
    [
      "a velocity without end between points",
      {
        kind: "jointTrajectory",
        points: [
          { time: 1, positions: { a: 1e-9 }, velocities: { a: 1e308 } },
          { time: 3, positions: { a: 0.1 }, velocities: { a: 0 } },
        ],
      },
    ],
    ["a speed next to nothing", { kind: "jointPosition", positions: { a: 0.8 }, speed: 1e-308 }],
    ["a denormal speed", { kind: "jointPosition", positions: { a: 0.8 }, speed: 1e-310 }],
  ])("by %s is refused", (_, command) => {
    const at = new GateAtHand();
    at.acquire();
    expect(at.send("m", command).at(-1)).toMatch(/^refused (invalid_trajectory|too_fast|too_slow)$/);
    expect(at.out.goals).toEqual([]);
  });
});
