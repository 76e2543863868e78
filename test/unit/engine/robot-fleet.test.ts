import { describe, expect, it } from "vitest";
import type { Estimator } from "../../../src/predict/estimator.ts";
import type { JournalRow } from "../../../src/twin/journal.ts";
import { EngineAtHand, twoJointUrdf } from "./engine-at-hand.ts";
import { ViewerAtHand } from "./stream/viewer-at-hand.ts";

const arrival = (id: string) => ({ kind: "robotFound", robot: { id, limits: {}, stop: null } }) as const;
const gone = (robot: string) => ({ kind: "robotGone", robot, reason: "its publishers are gone" }) as const;

function measure(at: EngineAtHand, robot: string, position: number[]): void {
  const stamp = { sec: Math.floor(at.now / 1000), nanosec: (at.now % 1000) * 1e6 };
  const message = { stamp, name: ["a", "b"], position, velocity: [0, 0], effort: [] };
  at.push(`ros:/${robot}/joint_states`, { kind: "jointState", robot, message });
}

function appear(at: EngineAtHand, robot: string): void {
  at.push("robots", arrival(robot));
  at.push(`ros:/${robot}/robot_description`, { kind: "description", robot, text: twoJointUrdf });
  const trajectory = [{ name: `/${robot}/arm`, joints: ["a", "b"] }];
  at.push("ros", { kind: "capabilities", robot, capabilities: { trajectory, twist: true } });
  measure(at, robot, [0, 0]);
  at.cycle();
}

describe("robots that come and go", () => {
  it("are in the graph with all that is theirs, and not after they have gone", () => {
    const at = new EngineAtHand();
    appear(at, "r1");
    expect(at.property("r1", "joint/a/position").reported?.value).toBe(0);
    expect(at.engine.graph.things.has("r1/link/tool")).toBe(true);
    expect(at.events("robot.found")).toEqual(['robot "r1" appeared']);
    at.push("robots", gone("r1"));
    at.cycle();
    expect([...at.engine.graph.things.keys()]).toEqual(["robot"]);
    expect(at.engine.robots.has("r1")).toBe(false);
    expect(at.events("robot.gone")).toEqual(['robot "r1" is removed: its publishers are gone']);
    measure(at, "r1", [1, 1]);
    at.cycle();
    expect(at.events("source.rejected").at(-1)).toContain('no robot "r1"');
  });

  it("free their registers: a thousand visits take no more rows than one", () => {
    const at = new EngineAtHand();
    appear(at, "r1");
    at.push("robots", gone("r1"));
    at.cycle();
    const rows = at.engine.graph.table.count;
    for (let i = 0; i < 1000; i++) {
      appear(at, "r1");
      at.push("robots", gone("r1"));
      at.cycle();
    }
    expect(at.engine.graph.table.count).toBe(rows);
  });

  it("end their motion and their lease when they go", () => {
    const at = new EngineAtHand();
    appear(at, "r1");
    at.client("s", { op: "acquire", id: "lease", robot: "r1" });
    at.cycle();
    const command = { kind: "jointPosition", positions: { a: 1 } } as const;
    at.client("s", {
      op: "command",
      id: "m",
      robot: "r1",
      epoch: 1,
      seq: 1,
      issued: at.now,
      ttlMs: 500,
      command,
    });
    at.cycle();
    const [goal] = at.leaving.goals();
    expect(goal?.controller).toBe("/r1/arm");
    at.push("robots", gone("r1"));
    at.cycle();
    expect(at.leaving.answers("s", "m").at(-1)).toBe("aborted robot_gone");
    expect(at.leaving.of("cancel")).toEqual([["cancel", goal?.id]]);
    expect(at.events("lease.lost")).toHaveLength(1);
    at.client("s", { op: "renew", id: "n", robot: "r1", epoch: 1 });
    at.cycle();
    expect(at.leaving.of("reply").at(-1)?.[2]).toMatchObject({ op: "error", code: "unknown_robot" });
  });

  it("have goals with other ids at each visit", () => {
    const at = new EngineAtHand();
    const ids: string[] = [];
    for (let visit = 0; visit < 2; visit++) {
      appear(at, "r1");
      at.client("s", { op: "acquire", id: "lease", robot: "r1" });
      at.cycle();
      const epoch = at.engine.control.get("r1")?.gate.lease.current()?.epoch ?? -1;
      const command = { kind: "jointPosition", positions: { a: 1 } } as const;
      at.client("s", {
        op: "command",
        id: visit,
        robot: "r1",
        epoch,
        seq: 1,
        issued: at.now,
        ttlMs: 500,
        command,
      });
      at.cycle();
      ids.push(at.leaving.goals().at(-1)?.id ?? "");
      at.push("robots", gone("r1"));
      at.cycle();
    }
    expect(new Set(ids).size).toBe(2);
  });

  it("are stopped when they come back, if they were when they went or a stop of all came meanwhile", () => {
    const at = new EngineAtHand();
    for (const id of ["r1", "r2", "r3"]) appear(at, id);
    at.client("s", { op: "stop", robot: "r1" });
    at.cycle();
    for (const id of ["r1", "r2", "r3"]) at.push("robots", gone(id));
    at.cycle();
    at.client("s", { op: "stop", robot: "r2" });
    at.cycle();
    expect(at.leaving.of("remember").at(-1)).toMatchObject(["remember", "r2", { by: "s" }]);
    for (const id of ["r1", "r2", "r3"]) appear(at, id);
    const stopped = (id: string) => at.engine.control.get(id)?.gate.latch.current() ?? null;
    expect(["r1", "r2", "r3"].map((id) => stopped(id) !== null)).toEqual([true, true, false]);
    at.push("robots", gone("r3"));
    at.cycle();
    at.client("s", { op: "stop", robot: "*" });
    at.cycle();
    appear(at, "r3");
    expect(stopped("r3")).toMatchObject({ by: "s" });
  });

  it("reach viewers: a snapshot without them, and no column of theirs in the layout", () => {
    const at = new EngineAtHand();
    const viewer = new ViewerAtHand();
    at.open("v", viewer);
    at.engine.stream.subscribe("v", { encoding: "binary", rate: 60, changes: false }, at.now);
    appear(at, "r1");
    at.cycle(100);
    at.push("robots", gone("r1"));
    for (let i = 0; i < 20; i++) at.cycle(50);
    expect(Object.keys(viewer.all("snapshot").at(-1)?.twin.things ?? {})).toEqual(["robot"]);
  });

  it("are no more than there is room for", () => {
    const at = new EngineAtHand();
    for (let i = 0; i < 2100; i++) at.push("robots", arrival(`r${i}`));
    at.cycle();
    expect(at.engine.robots.size).toBe(2048);
    expect(at.events("robot.too_many").length).toBeGreaterThan(0);
  });
});

describe("a stop", () => {
  it("reaches every robot before what is kept of it goes to the disk, in one piece", () => {
    const at = new EngineAtHand();
    for (let i = 0; i < 50; i++) {
      at.push("robots", arrival(`away${i}`));
      at.push("robots", gone(`away${i}`));
    }
    for (const id of ["r1", "r2"]) appear(at, id);
    at.cycle();
    at.leaving.log.length = 0;
    at.client("s", { op: "stop", robot: "*" });
    at.engine.read(at.now);
    const kinds = at.leaving.log.map((entry) => (entry as unknown[])[0]);
    const kept = kinds.indexOf("remember");
    expect(kinds.lastIndexOf("stopped")).toBeLessThan(kept);
    // Whoever is told that it holds may rely on it.
    expect(kinds.indexOf("broadcast")).toBeGreaterThan(kinds.lastIndexOf("remember"));
    expect(at.leaving.of("remember").map(([, robot]) => robot)).toEqual(
      expect.arrayContaining(["robot", "r1", "r2", "away0", "away49"]),
    );
  });

  it("of all also holds for robots that appear in the next minute, and for none after it", () => {
    const at = new EngineAtHand();
    at.client("s", { op: "stop", robot: "*" });
    at.cycle();
    at.cycle(30_000);
    appear(at, "r1");
    expect(at.engine.control.get("r1")?.gate.latch.current()).toMatchObject({ by: "s" });
    expect(at.leaving.of("remember").at(-1)).toMatchObject(["remember", "r1", { by: "s" }]);
    expect(at.leaving.of("stopped").at(-1)).toEqual(["stopped", true]);
    at.cycle(31_000);
    appear(at, "r2");
    expect(at.engine.control.get("r2")?.gate.latch.current()).toBeNull();
  });

  it("is remembered for a bounded number of robots that have gone, those that are stopped last", () => {
    const at = new EngineAtHand();
    appear(at, "stopped");
    at.client("s", { op: "stop", robot: "stopped" });
    at.cycle();
    at.push("robots", gone("stopped"));
    for (let i = 0; i < 3000; i++) {
      at.push("robots", arrival(`r${i}`));
      at.push("robots", gone(`r${i}`));
      at.cycle();
    }
    at.client("s", { op: "stop", robot: "*" });
    at.cycle();
    expect(at.leaving.of("remember").length).toBeLessThan(1100);
    appear(at, "stopped");
    expect(at.engine.control.get("stopped")?.gate.latch.current()).toMatchObject({ by: "s" });
  });
});

describe("a lease", () => {
  it("has another epoch at each visit of its robot", () => {
    const at = new EngineAtHand();
    const epochs: number[] = [];
    for (let visit = 0; visit < 3; visit++) {
      appear(at, "r1");
      at.client("s", { op: "acquire", id: "lease", robot: "r1" });
      at.cycle();
      epochs.push(at.engine.control.get("r1")?.gate.lease.current()?.epoch ?? -1);
      at.push("robots", gone("r1"));
      at.cycle();
    }
    expect(new Set(epochs).size).toBe(3);
  });
});

describe("robots that a device's birth names", () => {
  const admit = (id: string) => (id.startsWith("cell-") ? { id, limits: {}, stop: null } : null);
  const birth = (at: EngineAtHand, device: string, robot: string): void => {
    const signals = {
      p: { unit: "rad", type: "number", joint: "a", property: "position", writable: false },
    } as const;
    const message = { kind: "birth", device, birth: { firmware: "", boot: 1, robot, signals } } as const;
    at.push(`mqtt:${device}`, { kind: "device", profile: "native", message, retained: true });
    const life = { kind: "status", device, life: "online" } as const;
    at.push(`mqtt:${device}`, { kind: "device", profile: "native", message: life, retained: true });
    const telemetry = { boot: 1, n: 0, stamp: null, signals: { p: 0.5 } };
    const values = { kind: "telemetry", device, telemetry } as const;
    at.push(`mqtt:${device}`, { kind: "device", profile: "native", message: values, retained: false });
    at.cycle();
  };

  it("come into being where that is allowed, and take the device's joints", () => {
    const at = new EngineAtHand({ admit });
    birth(at, "d1", "cell-1");
    birth(at, "d2", "stranger");
    expect([...at.engine.robots.keys()]).toEqual(["robot", "cell-1"]);
    at.push("file:cell-1/description", { kind: "description", robot: "cell-1", text: twoJointUrdf });
    at.cycle();
    at.cycle();
    const telemetry = { boot: 1, n: 1, stamp: null, signals: { p: 0.5 } };
    const message = { kind: "telemetry", device: "d1", telemetry } as const;
    at.push("mqtt:d1", { kind: "device", profile: "native", message, retained: false });
    at.cycle();
    expect(at.property("cell-1", "joint/a/position").reported?.value).toBe(0.5);
  });

  it("are also on ROS, and stay as long as one of the two has them", () => {
    const at = new EngineAtHand({ admit });
    const can = () => at.engine.control.get("cell-1")?.current().can.trajectory.length;
    birth(at, "d1", "cell-1");
    appear(at, "cell-1");
    expect(can()).toBe(1);
    birth(at, "d1", "cell-2");
    expect(at.engine.robots.has("cell-1")).toBe(true);
    birth(at, "d1", "cell-1");
    at.push("robots", gone("cell-1"));
    at.cycle();
    expect(at.engine.robots.has("cell-1")).toBe(true);
    expect(can()).toBe(0);
    birth(at, "d1", "cell-2");
    expect(at.engine.robots.has("cell-1")).toBe(false);
    appear(at, "cell-1");
    expect(at.engine.robots.has("cell-1")).toBe(true);
  });

  it("go when no device names them any more", () => {
    const at = new EngineAtHand({ admit });
    birth(at, "d1", "cell-1");
    birth(at, "d2", "cell-1");
    birth(at, "d1", "cell-2");
    expect([...at.engine.robots.keys()]).toEqual(["robot", "cell-1", "cell-2"]);
    birth(at, "d2", "cell-2");
    expect([...at.engine.robots.keys()]).toEqual(["robot", "cell-2"]);
    at.push("sim", { kind: "forgetDevices" });
    at.cycle();
    expect([...at.engine.robots.keys()]).toEqual(["robot"]);
  });
});

describe("an estimator of one's own", () => {
  class Counting implements Estimator {
    readonly taken: string[] = [];
    updates = 0;
    take(row: JournalRow): void {
      this.taken.push(`${row.property.thing} ${row.property.path} ${row.number} ${row.verdict}`);
    }
    update(): void {
      this.updates++;
    }
  }

  it("gets every sample of its robot in order, late ones too, and is updated each cycle", () => {
    const own = new Counting();
    const at = new EngineAtHand({ estimators: (robot) => (robot === "robot" ? () => [own] : undefined) });
    at.describe();
    appear(at, "r1");
    own.taken.length = 0;
    const updates = own.updates;
    at.joints([0.1, 0.2], { stampMs: at.now });
    at.joints([0.3, 0.4], { stampMs: at.now - 50 });
    measure(at, "r1", [0.9, 0.9]);
    at.cycle();
    expect(own.updates).toBe(updates + 1);
    expect(own.taken.filter((line) => line.includes("position") && !line.includes("predicted"))).toEqual([
      "robot joint/a/position 0.1 taken",
      "robot joint/b/position 0.2 taken",
      "robot joint/a/position 0.3 late",
      "robot joint/b/position 0.4 late",
    ]);
  });

  it("costs no journal where no estimator takes samples", () => {
    const at = new EngineAtHand();
    at.describe();
    let rows = 0;
    const end = at.engine.samples.listen(() => rows++);
    at.joints([0.1, 0.2]);
    at.cycle();
    expect(rows).toBeGreaterThan(0);
    const before = rows;
    end();
    at.joints([0.2, 0.2]);
    at.cycle();
    expect(rows).toBe(before);
  });
});
