import { describe, expect, it } from "vitest";
import { PlanClock } from "../../../../src/viewer/drive/plan-clock.ts";
import { PlanDesk } from "../../../../src/viewer/drive/plan-desk.ts";
import { drawnTimes, hardestJoint, samplePlan } from "../../../../src/viewer/drive/plan-sample.ts";
import { Targets } from "../../../../src/viewer/store/targets.ts";
import { connected, granted, type PageLine } from "./page-line.ts";

const points = [
  { time: 0, positions: { elbow: 0, wrist: 1 } },
  { time: 1, positions: { elbow: 1, wrist: 1 } },
  { time: 1, positions: { elbow: 1, wrist: 2 } },
  { time: 4, positions: { elbow: -2, wrist: 2 } },
];

describe("a plan's moments", () => {
  it("lie on straight lines between its points, and at its ends beyond them", () => {
    expect(samplePlan(points, 0.25, "elbow")).toBeCloseTo(0.25, 12);
    expect(samplePlan(points, 2.5, "elbow")).toBeCloseTo(-0.5, 12);
    expect(samplePlan(points, -1, "elbow")).toBe(0);
    expect(samplePlan(points, 99, "elbow")).toBe(-2);
    expect(samplePlan(points, 1, "wrist")).toBe(2);
  });

  it("are nothing for a joint that it does not move, whatever the joint's name", () => {
    expect(samplePlan(points, 1, "finger")).toBeNull();
    expect(samplePlan(points, 1, "constructor")).toBeNull();
    expect(samplePlan([], 0, "elbow")).toBeNull();
  });

  it("are thinned for the drawn line, with both ends", () => {
    const many = Array.from({ length: 501 }, (_, k) => ({ time: k / 100, positions: {} }));
    const times = drawnTimes(many, 60);
    expect(times).toHaveLength(60);
    expect([times[0], times.at(-1)]).toEqual([0, 5]);
    expect(drawnTimes(points, 60)).toEqual([0, 1, 1, 4]);
  });

  it("name the joint that has the most to bear", () => {
    expect(hardestJoint({ elbow: 0.3, wrist: 0.8, pan: 0.1 })).toEqual({ joint: "wrist", share: 0.8 });
    expect(hardestJoint({})).toBeNull();
  });
});

describe("a plan's playback", () => {
  it("plays to the end once, and from the start again", () => {
    const clock = new PlanClock();
    clock.begin(2, true);
    clock.advance(1000);
    clock.advance(1500);
    expect(clock.time).toBeCloseTo(0.5, 12);
    clock.advance(9000);
    expect([clock.time, clock.isPlaying]).toEqual([2, false]);
    clock.toggle();
    expect([clock.time, clock.isPlaying]).toEqual([0, true]);
    clock.advance(20_000);
    expect(clock.time).toBe(0);
    clock.advance(20_250);
    expect(clock.time).toBeCloseTo(0.25, 12);
  });

  it("stays where it is put, within the plan", () => {
    const clock = new PlanClock();
    clock.begin(2, true);
    clock.seek(1.2);
    clock.advance(0);
    clock.advance(5000);
    expect([clock.time, clock.isPlaying]).toEqual([1.2, false]);
    clock.seek(7);
    expect(clock.time).toBe(2);
    clock.begin(0, true);
    expect(clock.isPlaying).toBe(false);
  });
});

/** A page that asked for a plan of its ghost. */
function asking(page: PageLine) {
  const targets = new Targets();
  const desk = new PlanDesk(page.driver, targets, () => true);
  targets.set("robot", "elbow", 1);
  const command = { kind: "jointPosition" as const, positions: { elbow: 1 } };
  desk.ask({ robot: "robot", command, label: "Move elbow", link: null });
  const planned = (id: string | number, planId = "p1") =>
    page.line.says({
      op: "planned",
      id,
      robot: "robot",
      planId,
      stateHash: "h1",
      duration: 4,
      points,
      effortShare: { elbow: 0.4 },
      path: "around",
    });
  const ends = (stage: string, code = "ok", message = "") =>
    page.line.says({ op: "result", id: page.line.lastId("command"), stage, code, message });
  return { ...page, targets, desk, planned, ends };
}

describe("plan, see, commit", () => {
  it("asks for a way around, sends nothing, and commits what was seen", () => {
    const { desk, line, planned, ends, targets } = asking(granted());
    expect(line.of("plan")).toMatchObject([
      { robot: "robot", avoid: true, command: { kind: "jointPosition", positions: { elbow: 1 } } },
    ]);
    planned(line.lastId("plan"));
    expect(desk.state.get().phase).toBe("planned");
    expect(line.of("command")).toEqual([]);
    desk.clock.seek(0.5);
    expect(desk.shown("robot", "elbow")).toBeCloseTo(0.5, 12);
    expect(desk.shown("cart", "elbow")).toBeNull();
    desk.go();
    expect(line.of("command")).toMatchObject([{ command: { kind: "plan", planId: "p1", stateHash: "h1" } }]);
    expect(desk.state.get().phase).toBe("sent");
    ends("executing");
    expect(targets.of("robot")).toEqual({ elbow: 1 });
    ends("done");
    expect(desk.state.get().phase).toBe("none");
    expect(targets.of("robot")).toEqual({});
  });

  it("asks MoveIt where it is there and was chosen, and for what it can be asked", () => {
    const { driver, line } = granted();
    let isThere = true;
    const desk = new PlanDesk(
      driver,
      new Targets(),
      () => true,
      () => isThere,
    );
    const command = { kind: "jointPosition" as const, positions: { elbow: 1 } };
    const pose = { kind: "pose" as const, frame: "base", position: [0, 0, 0], quaternion: [0, 0, 0, 1] };
    const ask = (what: typeof command | (typeof pose & { path?: "line" })) =>
      desk.ask({ robot: "robot", command: what, label: "", link: null });
    ask(command);
    desk.planner.set("moveit");
    ask(command);
    ask(pose);
    ask({ ...pose, path: "line" });
    isThere = false;
    ask(command);
    expect(line.of("plan").map(({ planner }) => planner)).toEqual([
      ...[undefined, "moveit", "moveit"],
      ...[undefined, undefined],
    ]);
  });

  it("explains a plan that is not fit any more, sends it no second time, and plans again", () => {
    const { desk, line, planned, ends } = asking(granted());
    planned(line.lastId("plan"));
    desk.go();
    ends("refused", "stale_plan", "the robot has moved since: plan again");
    expect(desk.state.get()).toMatchObject({
      phase: "planned",
      stale: "the robot has moved since: plan again",
    });
    desk.go();
    expect(line.of("command")).toHaveLength(1);
    desk.again();
    expect(line.of("plan")).toHaveLength(2);
    planned(line.lastId("plan"), "p2");
    expect(desk.state.get()).toMatchObject({ phase: "planned", stale: null, plan: { planId: "p2" } });
  });

  it("says why nothing can be planned", () => {
    const { desk, line } = asking(granted());
    const id = line.lastId("plan");
    line.says({ op: "result", id, stage: "refused", code: "no_path", message: "no way around the table" });
    expect(desk.state.get()).toMatchObject({
      phase: "refused",
      code: "no_path",
      message: "no way around the table",
    });
    desk.go();
    expect(line.of("command")).toEqual([]);
  });

  it("goes directly where the server does not plan", () => {
    const { desk, line } = asking(granted());
    line.says({ op: "error", id: line.lastId("plan"), code: "unsupported", message: "takes no plan" });
    expect(desk.state.get().phase).toBe("unsupported");
    desk.go();
    expect(line.of("command")).toMatchObject([
      { command: { kind: "jointPosition", positions: { elbow: 1 } } },
    ]);
  });

  it("is over when the ghost is moved on: the answer that comes late is nobody's", () => {
    const { desk, line, planned, targets } = asking(granted());
    const id = line.lastId("plan");
    targets.set("robot", "elbow", 0.5);
    expect(desk.state.get().phase).toBe("none");
    planned(id);
    expect(desk.state.get().phase).toBe("none");
  });

  it("keeps only the newest question's answer", () => {
    const { desk, line, planned } = asking(granted());
    const first = line.lastId("plan");
    desk.again();
    planned(first, "old");
    expect(desk.state.get().phase).toBe("asking");
    planned(line.lastId("plan"), "new");
    expect(desk.state.get()).toMatchObject({ phase: "planned", plan: { planId: "new" } });
  });

  it("commits nothing without the lease, and says so", () => {
    const { desk, line, planned, driver } = asking(connected());
    planned(line.lastId("plan"));
    desk.go();
    expect(line.of("command")).toEqual([]);
    expect(desk.state.get().phase).toBe("planned");
    expect(driver.notice.get()).toMatch(/you do not drive/);
  });

  it("goes with the connection", () => {
    const { desk, line, planned } = asking(granted());
    planned(line.lastId("plan"));
    line.drop();
    expect(desk.state.get().phase).toBe("none");
  });
});
