import { describe, expect, it } from "vitest";
import type { SequenceStep } from "../../../src/command/sequence-runner.ts";
import type { TrajectoryGoal } from "../../../src/command/trajectory.ts";
import type { ServerCommandMessage } from "../../../src/protocol/command-messages.ts";
import { EngineAtHand } from "./engine-at-hand.ts";

const srdf = `<robot name="two"><group name="arm"><joint name="a"/><joint name="b"/></group>
  <group_state name="home" group="arm"><joint name="a" value="0.1"/><joint name="b" value="0"/></group_state></robot>`;

/** A robot whose controller carries every goal out: at its end the joints are where it asked for. */
class Taught extends EngineAtHand {
  readonly at: Record<string, number> = { a: 0, b: 0 };
  private handled = 0;
  epoch = 0;

  constructor(steps: SequenceStep[], poses: Record<string, Record<string, number>> = {}) {
    super();
    this.describe();
    this.push("ros", { kind: "semantics", robot: "robot", text: srdf });
    this.push("library", { kind: "library", saved: { poses: { robot: poses }, sequences: { show: steps } } });
    this.joints([0, 0]);
    this.cycle();
    this.epoch = this.acquire();
  }

  /** Runs for `ms`; where `works`, goals are done one cycle after they came. */
  run(ms: number, works = true): void {
    for (let t = 0; t < ms; t += 50) {
      const goals = this.leaving.goals();
      for (; works && this.handled < goals.length; this.handled++) {
        const goal = goals[this.handled] as TrajectoryGoal;
        goal.joints.forEach((joint, i) => {
          this.at[joint] = goal.points.at(-1)?.positions[i] as number;
        });
        this.push("ros", {
          kind: "goal",
          robot: "robot",
          goalId: goal.id,
          stage: "done",
          code: "ok",
          message: "",
        });
      }
      this.joints([this.at.a as number, this.at.b as number]);
      this.client("s", { op: "renew", id: `r${this.now}`, robot: "robot", epoch: this.epoch });
      this.cycle(50);
    }
  }

  start(id: string): void {
    this.command(this.epoch, id, { kind: "sequence", name: "show" });
  }

  results(id: string): string[] {
    return this.leaving
      .of("reply")
      .map((entry) => entry[2] as ServerCommandMessage)
      .flatMap((m) => (m.op === "result" && m.id === id ? [`${m.stage} ${m.code}: ${m.message}`] : []));
  }
}

describe("a sequence", () => {
  it("runs its steps one after another, loops included, and ends with done", () => {
    const steps: SequenceStep[] = [
      { pose: "home" },
      { repeat: 2, steps: [{ pose: "up", speed: 1 }, { wait: 0.2 }] },
      { move: { kind: "jointPosition", positions: { b: 0.2 } } },
    ];
    const at = new Taught(steps, { up: { a: 0.3 } });
    at.start("go");
    at.run(15_000);
    expect(at.results("go").map((line) => line.replace(/^executing ok: /, ""))).toEqual([
      'accepted ok: the sequence "show": 6 steps',
      'step 1: to the pose "home"',
      'step 2.1: to the pose "up"',
      "step 2.2: waits 0.2 s",
      'step 2.1: to the pose "up"',
      "step 2.2: waits 0.2 s",
      "step 3: jointPosition",
      'done ok: the sequence "show" is done',
    ]);
    expect(at.at).toMatchObject({ a: expect.closeTo(0.3, 6), b: expect.closeTo(0.2, 6) });
    // Every step is in the audit trail, and none of their answers at the client.
    expect(at.events("command.done").length).toBeGreaterThanOrEqual(4);
  });

  it("is refused before anything moves where a pose or the sequence is not known", () => {
    const at = new Taught([{ pose: "home" }, { repeat: 3, steps: [{ pose: "gone" }] }]);
    at.start("go");
    at.command(at.epoch, "other", { kind: "sequence", name: "nothing" });
    at.run(500);
    expect(at.results("go")).toEqual([
      'refused unknown_pose: step 2.1 of the sequence "show": there is no pose "gone"',
    ]);
    expect(at.results("other")).toEqual(['refused unknown_sequence: there is no sequence "nothing"']);
    expect(at.leaving.goals()).toEqual([]);
  });

  it("ends where a step is refused, by the gate's words, and sends no further one", () => {
    const at = new Taught([{ pose: "far" }, { pose: "home" }], { far: { a: 3 } });
    at.start("go");
    at.run(2000);
    expect(at.results("go").at(-1)).toMatch(/^aborted outside_limits: step 1: /);
    expect(at.leaving.goals()).toEqual([]);
  });

  const ends: [string, (at: Taught) => void, string][] = [
    ["a stop", (at) => at.client("x", { op: "stop", robot: "*" }), "stopped"],
    ["the end of the lease", (at) => at.push("client:s", { kind: "clientGone", session: "s" }), "lease_lost"],
    [
      "a take-over",
      (at) => at.client("t", { op: "acquire", id: 1, robot: "robot", force: true }),
      "lease_lost",
    ],
    [
      "a newer command",
      (at) => at.command(at.epoch, "new", { kind: "jointPosition", positions: { b: 0.1 } }),
      "replaced",
    ],
  ];
  const moments: [string, SequenceStep[], boolean][] = [
    ["a motion", [{ pose: "home" }, { move: { kind: "jointPosition", positions: { b: 0.5 } } }], false],
    ["a wait", [{ wait: 1 }, { move: { kind: "jointPosition", positions: { b: 0.5 } } }], true],
  ];
  for (const [cause, act, code] of ends) {
    it.each(moments)(`ends by ${cause} during %s, and goes on by nothing`, (_, steps, works) => {
      const at = new Taught(steps);
      at.start("go");
      at.run(300, works);
      act(at);
      at.run(3000);
      expect(at.results("go").at(-1)).toMatch(new RegExp(`^aborted ${code}: `));
      const asked = at.leaving
        .goals()
        .some((goal) => goal.points.at(-1)?.positions[goal.joints.indexOf("b")] === 0.5);
      expect(asked).toBe(false);
    });
  }
});
