import { describe, expect, it } from "vitest";
import { EngineAtHand } from "./engine-at-hand.ts";

const jog = { kind: "jointVelocity", velocities: { a: 0.5 } } as const;

/** An engine whose robot is measured in each cycle and driven by "s". */
class Watched extends EngineAtHand {
  epoch = -1;
  measures = true;
  held: (() => void) | null = null;

  constructor() {
    super();
    this.describe();
    this.go(200);
    this.epoch = this.acquire();
    this.go(20);
  }

  go(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      if (passed % 50 === 0) {
        this.held?.();
        if (this.epoch >= 0) this.client("s", { op: "renew", id: "r", robot: "robot", epoch: this.epoch });
      }
      if (this.measures) this.joints([0, 0]);
      this.cycle();
    }
  }

  hold(): void {
    let id = 0;
    this.held = () => this.command(this.epoch, `jog${++id}`, jog);
  }

  dog(name: string): unknown {
    return this.engine.propertyJson("robot", `watchdog/${name}`)?.reported;
  }

  trips(name: string): number {
    return this.engine.watchdogs.trips.get(name as "page") ?? 0;
  }
}

const answers = (at: Watched): string[] =>
  at.leaving
    .of("reply")
    .map((entry) => entry[2] as { op: string; stage?: string; code?: string })
    .flatMap(({ op, stage, code }) => (op === "result" ? [`${stage} ${code}`] : []));

describe("the watchdogs", () => {
  it("are ok from the first lease on, and not there before", () => {
    const at = new EngineAtHand();
    at.describe();
    for (let i = 0; i < 20; i++) at.cycle();
    expect(at.engine.propertyJson("robot", "watchdog/lease")).toBeNull();
    const driven = new Watched();
    for (const name of ["page", "lease", "telemetry", "cycle", "ros", "broker", "clock"]) {
      expect(driven.dog(name)).toMatchObject({ value: "ok", quality: "good" });
      expect(driven.trips(name)).toBe(0);
    }
  });

  it("page: a hidden page's jog ends at once, and it begins none until it is seen again", () => {
    const at = new Watched();
    at.hold();
    at.go(300);
    expect(answers(at)).toContain("accepted ok");
    const goals = at.leaving.goals().length;
    at.held = null;
    at.client("s", { op: "presence", state: "hidden" });
    at.go(20);
    // One goal that brakes.
    expect(at.leaving.goals().length - goals).toBeLessThanOrEqual(1);
    expect(at.leaving.goals().at(-1)?.points.at(-1)?.velocities).toEqual([0, 0]);
    expect(at.dog("page")).toMatchObject({ value: "tripped", reason: "the page of s is hidden" });
    at.go(1000);
    const before = at.leaving.goals().length;
    at.hold();
    at.go(300);
    expect(at.leaving.goals()).toHaveLength(before);
    expect(answers(at).at(-1)).toBe("refused page_hidden");
    at.client("s", { op: "presence", state: "visible" });
    at.held = null;
    at.go(300);
    at.hold();
    at.go(300);
    expect(at.leaving.goals().length).toBeGreaterThan(before);
    expect([at.events("watchdog.tripped").length, at.events("watchdog.cleared").length]).toEqual([1, 1]);
    expect(at.trips("page")).toBe(1);
  });

  it("page: a blurred page needs a fresh press", () => {
    const at = new Watched();
    at.hold();
    at.go(300);
    at.client("s", { op: "presence", state: "blurred" });
    at.go(600);
    expect(answers(at).at(-1)).toBe("refused page_hidden");
    const goals = at.leaving.goals().length;
    at.held = null;
    at.go(300);
    at.hold();
    at.go(200);
    expect(at.leaving.goals().length).toBeGreaterThan(goals);
  });

  it("page: that another session's page is hidden is no concern of the holder's", () => {
    const at = new Watched();
    at.hold();
    at.go(200);
    at.client("x", { op: "presence", state: "hidden" });
    const goals = at.leaving.goals().length;
    at.go(400);
    expect(at.leaving.goals().length).toBeGreaterThan(goals + 2);
    expect(at.dog("page")).toMatchObject({ value: "ok" });
  });

  it("lease: tripped while nobody took it anew", () => {
    const at = new Watched();
    const { epoch } = at;
    at.epoch = -1;
    at.go(3200);
    expect(at.dog("lease")).toMatchObject({ value: "tripped", reason: "the lease of s was not renewed" });
    at.acquire("t");
    at.cycle();
    expect(at.dog("lease")).toMatchObject({ value: "ok" });
    expect(epoch).toBeGreaterThan(0);
  });

  it("cycle: after a stall a jog that is held on is refused until it is pressed afresh", () => {
    const at = new Watched();
    at.hold();
    at.go(300);
    at.now += 500;
    at.push("twin", { kind: "stalled", ms: 500 });
    const goals = at.leaving.goals().length;
    at.go(500);
    expect(at.leaving.goals().length - goals).toBeLessThanOrEqual(1);
    expect(answers(at).at(-1)).toBe("refused stalled");
    expect(at.dog("cycle")).toMatchObject({ value: "tripped" });
    at.held = null;
    at.go(300);
    at.hold();
    at.go(200);
    expect(at.leaving.goals().length).toBeGreaterThan(goals + 1);
    at.held = null;
    at.go(2000);
    expect(at.dog("cycle")).toMatchObject({ value: "ok" });
  });

  it("telemetry: a move whose joints are not measured any more ends", () => {
    const at = new Watched();
    at.command(at.epoch, "move", { kind: "jointPosition", positions: { a: 1 } });
    at.go(50);
    const goal = at.leaving.goals().at(-1);
    at.push("ros", {
      kind: "goal",
      robot: "robot",
      goalId: goal?.id ?? "",
      stage: "accepted",
      code: "ok",
      message: "",
    });
    at.go(50);
    at.measures = false;
    at.go(1500);
    expect(at.leaving.answers("s", "move").at(-1)).toBe("aborted stale_state");
    expect(at.leaving.of("cancel").map((entry) => entry[1])).toContain(goal?.id);
    expect(at.dog("telemetry")).toMatchObject({ value: "tripped", reason: "a is not measured" });
    at.measures = true;
    at.go(100);
    expect(at.dog("telemetry")).toMatchObject({ value: "ok" });
  });

  it("ros and broker: tripped while a link that was ok is not, and not where it never was", () => {
    const at = new Watched();
    at.push("ros", { kind: "status", status: { name: "ros", state: "lost", detail: "" } });
    at.go(20);
    expect(at.dog("ros")).toMatchObject({ value: "ok" });
    for (const name of ["ros", "broker"]) {
      at.push(name, { kind: "status", status: { name, state: "ok", detail: "" } });
      at.go(20);
      at.push(name, { kind: "status", status: { name, state: "lost", detail: "gone" } });
      at.go(20);
      expect(at.dog(name)).toMatchObject({ value: "tripped", reason: `${name} is lost: gone` });
    }
    expect([at.trips("ros"), at.trips("broker")]).toEqual([1, 1]);
  });

  it("clock: a jump is shown, and joints whose stamps went back with it are taken", () => {
    const at = new Watched();
    const behind = 20_000;
    at.push("twin", { kind: "clockJump", ms: -behind });
    at.cycle();
    expect(at.dog("clock")).toMatchObject({
      value: "tripped",
      reason: "the system's clock was set back by 20.0 s",
    });
    at.joints([0.25, 0], { stampMs: at.now - behind });
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported).toMatchObject({ value: 0.25, quality: "good" });
    at.measures = false;
    at.epoch = -1;
    at.go(10_100);
    expect(at.dog("clock")).toMatchObject({ value: "ok" });
  });
});
