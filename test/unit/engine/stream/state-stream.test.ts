import { describe, expect, it } from "vitest";
import type { DeviceMessage } from "../../../../src/protocol/device-profile.ts";
import { readStateFrame } from "../../../../src/protocol/state-frame.ts";
import type { FacetStateJson, LayoutColumn } from "../../../../src/protocol/state-messages.ts";
import { EngineAtHand, twoJointUrdf } from "../engine-at-hand.ts";
import { ViewerAtHand } from "./viewer-at-hand.ts";

class StreamAtHand extends EngineAtHand {
  private viewers = 0;

  join(encoding: "binary" | "json" = "json", rate = 1000): ViewerAtHand {
    const viewer = new ViewerAtHand();
    const id = `v${++this.viewers}`;
    this.open(id, viewer);
    this.engine.stream.subscribe(id, { encoding: encoding, rate: rate, changes: false }, this.now);
    return viewer;
  }
  /** Cycles of 10 ms with a joint state each. */
  run(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      this.joints([Math.sin(this.now), 0.1]);
      this.cycle();
    }
  }
}

function started(): StreamAtHand {
  const at = new StreamAtHand();
  at.describe();
  at.run(50);
  return at;
}

describe("a late viewer", () => {
  it("gets a hello, then the whole graph, then frames", () => {
    const at = started();
    const viewer = at.join();
    at.run(50);
    expect(viewer.all("hello")).toHaveLength(1);
    const [snapshot] = viewer.all("snapshot");
    expect(snapshot?.twin.things.robot?.properties["joint/b/position"]?.reported?.value).toBe(0.1);
    expect(Object.keys(snapshot?.twin.things ?? {})).toEqual([...at.engine.graph.things.keys()]);
    expect(viewer.all("state").length).toBeGreaterThanOrEqual(4);
    expect(viewer.all("status").length).toBeGreaterThanOrEqual(1);
  });

  it("that subscribes again gets another rate and encoding, and no second snapshot", () => {
    const at = started();
    const viewer = at.join();
    at.run(20);
    for (let i = 0; i < 100; i++)
      at.engine.stream.subscribe("v1", { encoding: "binary", rate: 10, changes: false }, at.now);
    at.run(20);
    expect(viewer.all("snapshot")).toHaveLength(1);
    expect(viewer.binary().length).toBeGreaterThan(0);
  });

  it("that only connected gets status and events, and no frame", () => {
    const at = started();
    const viewer = new ViewerAtHand();
    at.open("quiet", viewer);
    at.run(1500);
    expect(viewer.all("status").length).toBeGreaterThanOrEqual(2);
    expect(viewer.all("state")).toEqual([]);
  });
});

describe("frames", () => {
  it("say the same in binary and in JSON", () => {
    const at = started();
    at.push("ros:/odom", {
      kind: "odometry",
      robot: "robot",
      message: {
        stamp: { sec: 1, nanosec: 0 },
        frame: "odom",
        childFrame: "base",
        pose: [1, 2, 3, 0, 0, 0.6, 0.8],
        twist: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
      },
    });
    at.cycle();
    const text = at.join("json");
    const binary = at.join("binary");
    at.run(30);
    const state = text.all("state").at(-1);
    const layout = binary.all("layout").at(-1);
    const bytes = binary.binary().at(-1);
    if (state === undefined || layout === undefined || bytes === undefined) throw new Error("no frame");
    const frame = readStateFrame(bytes.slice().buffer);
    expect([frame?.revision, frame?.time, frame?.layout]).toEqual([
      state.revision,
      state.time,
      layout.layout,
    ]);
    const columns = layout.columns;
    expect(frame?.values).toHaveLength(columns.length);
    for (const [i, column] of columns.entries()) {
      const facet = state.robots[column.robot]?.[column.facet];
      if ((frame?.agesMs[i] as number) < 0) continue;
      expect(frame?.values[i], `${column.path}.${column.component}`).toBe(valueIn(facet, column));
      const [, joint, field] = column.path.split("/");
      const age = field === "position" ? facet?.joint[joint ?? ""]?.ageMs : undefined;
      if (age !== undefined) expect(frame?.agesMs[i]).toBe(Math.fround(age));
    }
    expect(columns.filter((c) => c.path === "base/pose")).toHaveLength(7);
    expect(columns.filter((c) => c.path === "base/twist")).toHaveLength(6);
  });

  it("are made once for all: viewers of one encoding get the same bytes", () => {
    const at = started();
    const viewers = [at.join("binary"), at.join("binary"), at.join("binary")];
    at.run(30);
    const [first, second, third] = viewers.map((v) => v.binary().at(-1));
    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  it("come at each viewer's rate, newest value each time", () => {
    const at = started();
    const fast = at.join("json", 100);
    const slow = at.join("json", 10);
    at.run(2000);
    expect(fast.all("state").length).toBeGreaterThanOrEqual(198);
    expect(fast.all("state").length).toBeLessThanOrEqual(201);
    expect(slow.all("state").length).toBeGreaterThanOrEqual(19);
    expect(slow.all("state").length).toBeLessThanOrEqual(21);
    expect(slow.all("state").at(-1)?.revision).toBeGreaterThan(fast.all("state").at(-15)?.revision ?? 0);
  });

  it("bring the last value at a slow viewer's next turn, though nothing changes any more", () => {
    const at = started();
    const slow = at.join("json", 20);
    at.run(500);
    const { revision } = at.engine.graph;
    for (let i = 0; i < 6; i++) at.cycle();
    expect(slow.all("state").at(-1)?.revision).toBeGreaterThanOrEqual(revision);
  });

  it("come with a read between two cycles, at the viewer's rate all the same", () => {
    const at = started();
    const [fast, slow] = [at.join("json", 100), at.join("json", 10)];
    at.run(1000);
    at.cycle();
    at.now += 3;
    at.joints([0.77, 0.1]);
    const before = slow.all("state").length;
    at.engine.read(at.now);
    const robots = JSON.stringify(fast.all("state").at(-1)?.robots);
    expect(robots).toContain("0.77");
    for (let i = 0; i < 200; i++) {
      at.joints([i, 0.1]);
      at.now += 5;
      if (i % 2 === 0) at.engine.read(at.now);
      else at.engine.cycle(at.now);
    }
    expect(slow.all("state").length - before).toBeLessThanOrEqual(11);
  });

  it("come again after the cycle that computed what follows from a read between two cycles", () => {
    const at = started();
    const viewer = at.join("json", 1000);
    at.run(100);
    at.now += 3;
    at.joints([0.5, 0.1]);
    at.engine.read(at.now);
    const before = viewer.all("state").length;
    at.cycle();
    expect(viewer.all("state").length).toBe(before + 1);
  });

  it("come five times a second when nothing changes, so that ages go on", () => {
    const at = started();
    at.cycle(40_000);
    const viewer = at.join("json", 1000);
    for (let i = 0; i < 200; i++) at.cycle();
    expect(viewer.all("state").length).toBeGreaterThanOrEqual(9);
    expect(viewer.all("state").length).toBeLessThanOrEqual(13);
  });

  it("carry the age by the server's clock and the quality of each value", () => {
    const at = started();
    const viewer = at.join("json");
    at.cycle(700);
    const joint = viewer.all("state").at(-1)?.robots.robot?.reported?.joint.a;
    expect(joint?.ageMs).toBeGreaterThanOrEqual(700);
    expect(joint?.quality).toBe("uncertain");
  });

  it("keep layout and snapshot while a device flickers, whatever its signals", () => {
    const at = started();
    const viewer = at.join("binary");
    const device = (message: DeviceMessage) =>
      at.push("mqtt:lamp", { kind: "device", profile: "native", retained: false, message });
    const signals = { glow: { unit: "", type: "number", writable: false } } as const;
    device({ kind: "birth", device: "lamp", birth: { firmware: "1", boot: 1, link: "tool", signals } });
    device({ kind: "status", device: "lamp", life: "online" });
    at.run(1500);
    const before = { layouts: viewer.all("layout").length, snapshots: viewer.all("snapshot").length };
    let n = 0;
    for (let i = 0; i < 40; i++) {
      device({ kind: "status", device: "lamp", life: i % 2 === 0 ? "offline" : "online" });
      const telemetry = { boot: 1, n: ++n, stamp: null, signals: { glow: i } };
      if (i % 2 === 1) device({ kind: "telemetry", device: "lamp", telemetry });
      at.run(250);
    }
    expect(viewer.all("layout")).toHaveLength(before.layouts);
    expect(viewer.all("snapshot")).toHaveLength(before.snapshots);
    const told = viewer.all("properties").map(({ things }) => things["device/lamp"]?.["device/lamp/status"]);
    expect(told.filter((status) => status?.reported?.value === "offline").length).toBeGreaterThan(5);
    // Another definition is told.
    device({ kind: "birth", device: "lamp", birth: { firmware: "2", boot: 2, link: "tool", signals } });
    at.run(1000);
    expect(viewer.all("snapshot").length).toBeGreaterThan(before.snapshots);
  });

  it("have a new layout, announced before its first frame, when joints come or go", () => {
    const at = started();
    const viewer = at.join("binary");
    at.run(30);
    const before = viewer.all("layout").at(-1);
    at.joints([1, 2, 3], { names: ["a", "b", "new"] });
    at.cycle();
    at.run(20);
    const after = viewer.all("layout").at(-1);
    expect(after?.layout).not.toBe(before?.layout);
    expect(after?.columns.some((c) => c.path === "joint/new/position")).toBe(true);
    const at2 = viewer.frames.findIndex(
      (f) => typeof f === "string" && f.includes(`"layout":${after?.layout}`),
    );
    const first = viewer.frames.findIndex(
      (f) => typeof f !== "string" && readStateFrame(f.slice().buffer)?.layout === after?.layout,
    );
    expect(first).toBeGreaterThan(at2);
    for (const bytes of viewer.binary()) {
      const frame = readStateFrame(bytes.slice().buffer);
      const columns = viewer.all("layout").find((l) => l.layout === frame?.layout)?.columns;
      expect(frame?.values.length).toBe(columns?.length);
    }
  });
});

describe("a slow viewer", () => {
  it("is left out above its budget, costs a fixed amount and disturbs nobody", () => {
    const at = started();
    const fine = at.join("json", 100);
    const stuck = at.join("json", 100);
    stuck.isStuck = true;
    at.run(20_000);
    expect(stuck.bytes()).toBeLessThan(1024 * 1024);
    expect(stuck.closed).toBeNull();
    expect(fine.all("state").length).toBeGreaterThan(1990);
    const kept = stuck.frames.length;
    at.run(1000);
    expect(stuck.frames.length).toBe(kept);
    expect(at.engine.stream.droppedFrames).toBeGreaterThan(1000);
  });

  it("is told how many frames it missed and given the whole when it is back", () => {
    const at = started();
    const stuck = at.join("json", 20);
    stuck.waiting = 300 * 1024;
    at.run(2000);
    expect(stuck.all("lagging")).toEqual([]);
    const snapshots = stuck.all("snapshot").length;
    stuck.waiting = 100 * 1024;
    at.run(100);
    expect(stuck.all("lagging")).toEqual([]);
    stuck.drain();
    at.run(100);
    expect(stuck.all("lagging")).toHaveLength(1);
    expect(stuck.all("lagging")[0]?.dropped).toBeGreaterThanOrEqual(39);
    expect(stuck.all("lagging")[0]?.dropped).toBeLessThanOrEqual(43);
    expect(stuck.all("snapshot")).toHaveLength(snapshots + 1);
    expect(stuck.all("state").at(-1)?.revision).toBeGreaterThan(
      stuck.all("snapshot").at(-1)?.revision ?? Number.POSITIVE_INFINITY,
    );
  });

  it("learns what changed beside motion while it was away", () => {
    const at = started();
    const stuck = at.join("json", 20);
    at.run(50);
    stuck.waiting = 300 * 1024;
    at.run(50);
    at.push("mqtt:bat", {
      kind: "mapped",
      robot: "robot",
      path: "battery/voltage",
      unit: "V",
      value: 11.5,
      stamp: null,
      sequence: -1,
      retained: false,
    });
    at.run(500);
    stuck.drain();
    at.run(200);
    const twin = stuck.all("snapshot").at(-1)?.twin;
    expect(twin?.things.robot?.properties["battery/voltage"]?.reported?.value).toBe(11.5);
  });

  it("is closed when it stays over its budget for half a minute", () => {
    const at = started();
    const stuck = at.join("json", 20);
    stuck.waiting = 300 * 1024;
    at.run(29_000);
    expect(stuck.closed).toBeNull();
    at.run(2000);
    expect(stuck.closed?.code).toBe(1013);
    expect(at.engine.stream.count()).toBe(0);
  });

  it("has the same budget when it never subscribed", () => {
    const at = started();
    const stuck = new ViewerAtHand();
    at.open("quiet", stuck);
    stuck.isStuck = true;
    for (let i = 0; i < 20_000; i++) {
      at.push("x", {
        kind: "status",
        status: { name: "n", state: i % 2 ? "ok" : "lost", detail: "d".repeat(100) },
      });
      at.cycle();
      if (stuck.closed !== null) break;
    }
    expect(stuck.bytes()).toBeLessThan(400 * 1024);
    expect(stuck.closed?.code).toBe(1013);
  });
});

describe("what changes beside motion", () => {
  it("goes out as a delta, the newest value only, to those who know the rest", () => {
    const at = started();
    const viewer = at.join();
    at.run(200);
    const before = viewer.all("properties").length;
    for (let v = 0; v < 5; v++) {
      at.push("mqtt:bat", {
        kind: "mapped",
        robot: "robot",
        path: "battery/voltage",
        unit: "V",
        value: v,
        stamp: null,
        sequence: -1,
        retained: false,
      });
    }
    at.run(200);
    const deltas = viewer.all("properties").slice(before);
    const volts = deltas
      .map((d) => d.things.robot?.["battery/voltage"]?.reported?.value)
      .filter((v) => v !== undefined);
    expect(volts).toEqual([4]);
    for (const delta of deltas)
      expect(Object.keys(delta.things.robot ?? {})).not.toContain("joint/a/position");
  });

  it("is a snapshot when things come or go", () => {
    const at = started();
    const viewer = at.join();
    at.run(1000);
    const before = viewer.all("snapshot").length;
    at.describe(twoJointUrdf.replaceAll("tool", "hand"));
    at.run(1000);
    const snapshots = viewer.all("snapshot").slice(before);
    expect(snapshots.length).toBeGreaterThanOrEqual(1);
    expect(Object.keys(snapshots.at(-1)?.twin.things ?? {})).toContain("robot/link/hand");
    expect(viewer.all("description")).toHaveLength(1);
  });

  it("reaches a viewer as events, one each", () => {
    const at = started();
    const viewer = at.join();
    at.client("s", { op: "acquire", id: 1, robot: "robot", holder: "Ann" });
    at.run(30);
    expect(viewer.all("event").map((m) => m.event.message)).toEqual(["Ann drives robot"]);
    expect(viewer.all("status").at(-1)?.control[0]?.lease?.holder).toBe("Ann");
  });
});

function valueIn(facet: FacetStateJson | undefined, { path, component }: LayoutColumn): number | undefined {
  if (path === "base/pose") {
    const pose = facet?.base?.pose;
    return pose === undefined ? undefined : [...pose.position, ...pose.quaternion][component];
  }
  if (path === "base/twist") {
    const twist = facet?.base?.twist;
    return twist === undefined ? undefined : [...twist.linear, ...twist.angular][component];
  }
  const [, joint, field] = path.split("/");
  return facet?.joint[joint ?? ""]?.[field as "position" | "velocity" | "effort"];
}

describe("a design twin", () => {
  const report = { file: "arm.urdf", revision: 1, broken: false, findings: [], meshes: [] };

  it("is announced to those who are there and, before the first snapshot, to those who come later", () => {
    const at = started();
    const early = at.join();
    at.push("file", { kind: "design", robot: "robot", report });
    at.cycle();
    const late = at.join();
    at.cycle();
    for (const viewer of [early, late]) {
      expect(viewer.all("design")).toEqual([{ op: "design", robot: "robot", report }]);
    }
    const ops = late.frames.map((frame) => (typeof frame === "string" ? JSON.parse(frame).op : "binary"));
    expect(ops.indexOf("design")).toBeLessThan(ops.indexOf("snapshot"));
  });

  it("is announced by no property, whatever its name and value", () => {
    const at = started();
    const viewer = at.join();
    for (const [path, value] of [
      ["design", JSON.stringify(report)],
      ["mode", "design"],
    ] as const) {
      at.push("mqtt:cell", {
        kind: "mapped",
        robot: "robot",
        path,
        unit: "",
        value,
        stamp: null,
        sequence: -1,
        retained: false,
      });
    }
    at.run(300);
    expect(at.property("robot", "design").reported?.value).toBe(JSON.stringify(report));
    expect(viewer.all("design")).toEqual([]);
    expect(at.join().all("design")).toEqual([]);
  });
});
