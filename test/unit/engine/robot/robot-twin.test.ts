import { describe, expect, it } from "vitest";
import { EngineAtHand, twoJointUrdf } from "../engine-at-hand.ts";

describe("a sender that makes up joint names", () => {
  const named = (at: EngineAtHand, name: string[], value: number): void =>
    at.push("ros:/joint_states", {
      kind: "jointState",
      robot: "robot",
      message: {
        stamp: { sec: 0, nanosec: 0 },
        name,
        position: name.map(() => value),
        velocity: [],
        effort: [],
      },
    });

  it("is refused in the end, and the robot's own joints are still taken", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([0.1, 0.2]);
    for (let i = 0; i < 10; i++) {
      named(
        at,
        Array.from({ length: 2000 }, (_, k) => `x${i}_${k}`),
        1,
      );
    }
    at.cycle();
    expect(at.counts("ros:/joint_states").rejected).toBeGreaterThan(0);
    named(at, ["b", "a"], 0.7);
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported?.value).toBe(0.7);
  });

  it("of a length that no joint has is refused", () => {
    const at = new EngineAtHand();
    at.describe();
    named(at, ["a", "y".repeat(257)], 1);
    at.cycle();
    expect(at.counts("ros:/joint_states")).toMatchObject({ accepted: 0, rejected: 1 });
  });
});

describe("a description that changes and changes", () => {
  it("costs no more registers than one", () => {
    const at = new EngineAtHand();
    const rows: number[] = [];
    for (let i = 0; i < 20; i++) {
      const text = twoJointUrdf.replaceAll('"a"', `"a${i}"`).replaceAll('"b"', `"b${i}"`);
      at.push("ros:/robot_description", { kind: "description", robot: "robot", text });
      const message = { name: [`a${i}`, `b${i}`], position: [i, i], velocity: [1, 1], effort: [] };
      at.push("ros:/joint_states", {
        kind: "jointState",
        robot: "robot",
        message: { stamp: { sec: 0, nanosec: 0 }, ...message },
      });
      at.cycle();
      rows.push(at.engine.graph.table.count);
      expect(at.property("robot", `joint/a${i}/position`).reported).toMatchObject({
        value: i,
        quality: "good",
      });
      expect(at.property("robot", `joint/b${i}/position`).reported?.value).toBe(i);
    }
    expect(rows.at(-1)).toBe(rows[1]);
  });
});

describe("a joint state message", () => {
  it("is one revision, whatever it carries", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([0.1, 0.2], { velocity: [1, 2] });
    at.joints([0.2, 0.3], { velocity: [1, 2], stampMs: at.now + 1 });
    const before = at.engine.graph.revision;
    const robot = at.engine.graph.things.get("robot");
    at.engine.cycle(at.now);
    expect(at.engine.graph.revision).toBe(before + 2);
    const revisions = ["joint/a/position", "joint/b/position", "joint/a/velocity", "joint/b/velocity"].map(
      (path) => robot?.properties.get(path)?.revision,
    );
    expect(new Set(revisions)).toEqual(new Set([before + 2]));
    expect(at.property("robot", "joint/a/position").reported).toMatchObject({
      value: 0.2,
      quality: "good",
      source: "ros:/joint_states",
    });
    expect(at.counts("ros:/joint_states")).toMatchObject({ accepted: 2, late: 0, rejected: 0 });
  });

  it("that is older than the one before counts as late and changes nothing", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([0.5, 0.5]);
    at.joints([0.1, 0.1], { stampMs: at.now - 20 });
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported?.value).toBe(0.5);
    expect(at.counts("ros:/joint_states")).toMatchObject({ accepted: 1, late: 1 });
  });

  it("of a new publisher is taken though its stamps start anew", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([0.5, 0.5]);
    at.push("ros:/joint_states", { kind: "sourceEpoch" });
    at.joints([0.1, 0.1], { stampMs: 5000 });
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported?.value).toBe(0.1);
  });

  it("with a NaN position marks that joint bad, keeps its number, takes the others and counts as rejected", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([0.5, 0.5]);
    at.cycle();
    at.joints([Number.NaN, 0.6]);
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported).toMatchObject({
      value: 0.5,
      quality: "bad",
      reason: "not-finite",
    });
    expect(at.property("robot", "joint/b/position").reported).toMatchObject({ value: 0.6, quality: "good" });
    expect(at.counts("ros:/joint_states")).toMatchObject({ accepted: 1, rejected: 1 });
    expect(at.events("source.rejected")[0]).toContain("joint a: position is NaN");
    at.joints([0.7, 0.6]);
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported).toMatchObject({ value: 0.7, quality: "good" });
  });

  it("with a late NaN does not spoil a newer value", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([0.5, 0.5]);
    at.cycle();
    at.joints([Number.NaN, Number.NaN], { stampMs: at.now - 500 });
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported?.quality).toBe("good");
  });

  it("with a NaN velocity counts it as not measured", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([0.1, 0.2], { velocity: [Number.NaN, 3] });
    at.cycle();
    expect(at.engine.propertyJson("robot", "joint/a/velocity")).toBeNull();
    expect(at.property("robot", "joint/b/velocity").reported?.value).toBe(3);
    expect(at.counts("ros:/joint_states")).toMatchObject({ accepted: 1, rejected: 0 });
  });

  it("names a sender that is always wrong once in five seconds, and counts every message", () => {
    const at = new EngineAtHand();
    at.describe();
    for (let i = 0; i < 600; i++) {
      at.joints([Number.NaN, 0]);
      at.cycle();
    }
    expect(at.events("source.rejected")).toHaveLength(2);
    expect(at.counts("ros:/joint_states").rejected).toBe(600);
  });

  it("of joints that the description lacks is taken, and the joints are named once", () => {
    const at = new EngineAtHand();
    at.describe();
    for (let i = 0; i < 3; i++) {
      at.joints([0.1, 0.2]);
      at.joints([0.3], { names: ["ghost"] });
      at.cycle();
    }
    expect(at.property("robot", "joint/ghost/position").reported?.value).toBe(0.3);
    const named = at.engine.events.all().filter((event) => event.kind === "robot.unknown_joints");
    expect(named).toHaveLength(1);
    expect(named[0]?.message).toContain("ghost");
    expect(at.counts("ros:/joint_states")).toMatchObject({ accepted: 6, late: 0, rejected: 0 });
  });

  it("with thousands of names is refused and makes no property", () => {
    const at = new EngineAtHand();
    const names = Array.from({ length: 3000 }, (_, i) => `j${i}`);
    at.joints(
      names.map(() => 0),
      { names },
    );
    at.cycle();
    expect(at.counts("ros:/joint_states").rejected).toBe(1);
    expect(at.engine.graph.things.get("robot")?.properties.size).toBe(0);
  });

  it("for a robot nobody configured is refused by name", () => {
    const at = new EngineAtHand();
    at.push("ros:/x", {
      kind: "jointState",
      robot: "other",
      message: { stamp: { sec: 0, nanosec: 0 }, name: [], position: [], velocity: [], effort: [] },
    });
    at.cycle();
    expect(at.events("source.rejected")[0]).toContain('no robot "other"');
  });
});

describe("a robot's life", () => {
  it("turns stale after its learned period, bad when its sender is lost, and good when it is back", () => {
    const at = new EngineAtHand();
    at.describe();
    for (let i = 0; i < 50; i++) {
      at.joints([0.1, 0.2]);
      at.cycle();
    }
    for (let i = 0; i < 29; i++) at.cycle();
    expect(at.property("robot", "joint/a/position").reported?.quality).toBe("good");
    for (let i = 0; i < 3; i++) at.cycle();
    expect(at.property("robot", "joint/a/position").reported).toMatchObject({
      value: 0.1,
      quality: "uncertain",
      reason: "stale",
    });
    at.push("ros:/joint_states", { kind: "sourceLost", reason: "no publisher" });
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported).toMatchObject({
      quality: "bad",
      reason: "no-communication",
    });
    expect(at.events("source.lost")).toEqual(["ros:/joint_states: no publisher"]);
    at.joints([0.3, 0.2]);
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported).toMatchObject({ value: 0.3, quality: "good" });
    expect(at.events("source.back")).toEqual(["ros:/joint_states is back"]);
  });

  it("shows links, joints and how they hang together", () => {
    const at = new EngineAtHand();
    at.describe();
    expect(at.engine.thingJson("robot")?.relationships).toContainEqual({
      name: "hasLink",
      target: "robot/link/tool",
    });
    expect(at.engine.thingJson("robot/joint/b")).toMatchObject({
      type: "joint",
      definition: { type: "revolute", lower: -1, upper: 1, velocity: 0.5 },
      relationships: [
        { name: "parentLink", target: "robot/link/upper" },
        { name: "childLink", target: "robot/link/fore" },
      ],
    });
    expect(at.engine.thingJson("robot/link/fore")?.relationships).toEqual([
      { name: "parentJoint", target: "robot/joint/b" },
    ]);
  });

  it("computes where its tip is from measured joints, and only from good ones", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([Math.PI / 2, 0]);
    at.cycle();
    const pose = at.property("robot", "link/tool/pose").estimated?.value as { position: number[] };
    expect(pose.position[0]).toBeCloseTo(0, 12);
    expect(pose.position[1]).toBeCloseTo(1.5, 12);
    at.joints([Number.NaN, 0]);
    for (let i = 0; i < 60; i++) at.cycle();
    expect(at.property("robot", "link/tool/pose").estimated?.quality).toBe("uncertain");
  });

  it("keeps its old description when a new one is broken, and says which line is", () => {
    const at = new EngineAtHand();
    at.describe();
    at.push("ros:/robot_description", {
      kind: "description",
      robot: "robot",
      text: "<robot name='x'>\n<link/>\n</robot>",
    });
    at.cycle();
    expect(at.events("robot.description").at(-1)).toMatch(/^URDF refused: line 2: /);
    expect(at.engine.robots.get("robot")?.model?.name).toBe("two");
  });

  it("keeps what is measured of joints whose names hold slashes", () => {
    const at = new EngineAtHand();
    const urdf = twoJointUrdf.replaceAll('"a"', '"left/a"');
    at.describe(urdf);
    at.joints([0.1, 0.2], { names: ["left/a", "b"] });
    at.cycle();
    at.describe(urdf.replace('velocity="1"', 'velocity="2"'));
    expect(at.engine.propertyJson("robot", "joint/left/a/position")?.reported?.value).toBe(0.1);
  });

  it("drops links, joints and properties that a new description lacks, and ends motion made for the old", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([0, 0]);
    at.cycle();
    const epoch = at.acquire();
    at.command(epoch, 1, { kind: "jointPosition", positions: { a: 1 } });
    at.cycle();
    const smaller = twoJointUrdf
      .replace(/<joint name="b"[\s\S]*?<\/joint>/, "")
      .replace(/<joint name="flange"[\s\S]*?<\/joint>/, "")
      .replace('<link name="fore"/><link name="tool"/>', "");
    at.describe(smaller);
    expect(at.leaving.answers("s", 1).at(-1)).toBe("aborted reloaded");
    expect(at.leaving.of("cancel")).toHaveLength(1);
    expect([...at.engine.graph.things.keys()].sort()).toEqual([
      "robot",
      "robot/joint/a",
      "robot/link/base",
      "robot/link/upper",
    ]);
    expect(at.engine.propertyJson("robot", "joint/b/position")).toBeNull();
    expect(at.events("robot.reloaded")).toHaveLength(1);
  });

  it("is reloaded by a changed description only", () => {
    const at = new EngineAtHand();
    at.describe();
    at.describe();
    expect(at.events("robot.loaded")).toHaveLength(1);
    expect(at.events("robot.reloaded")).toHaveLength(0);
  });
});

describe("a command for a joint", () => {
  it("shows in the graph from sent to reached", () => {
    const at = new EngineAtHand();
    at.describe();
    at.joints([0, 0]);
    const epoch = at.acquire();
    at.command(epoch, 1, { kind: "jointPosition", positions: { a: 1 } });
    at.cycle();
    const desired = () => at.property("robot", "joint/a/position").desired;
    expect(desired()).toMatchObject({ value: 1, state: "sent", source: "command:robot" });
    const [goal] = at.leaving.goals();
    const report = (stage: "accepted" | "done") =>
      at.push("ros", {
        kind: "goal",
        robot: "robot",
        goalId: goal?.id ?? "",
        stage,
        code: "ok",
        message: "",
      });
    report("accepted");
    at.cycle();
    expect(desired()?.state).toBe("accepted");
    at.joints([0.5, 0]);
    report("done");
    at.cycle();
    expect(desired()).toMatchObject({ value: 1, state: "accepted" });
    at.joints([0.99, 0]);
    at.cycle();
    expect(desired()).toMatchObject({ value: 1, state: "reached" });
    expect(at.leaving.answers("s", 1)).toEqual(["accepted ok", "sent ok", "executing ok", "done ok"]);
  });
});

describe("a mapped value", () => {
  const mapped = {
    kind: "mapped",
    robot: "robot",
    path: "battery/voltage",
    unit: "V",
    stamp: null,
    sequence: -1,
    retained: false,
  } as const;

  it("stands under the robot; what a broker kept is uncertain until a fresh one comes", () => {
    const at = new EngineAtHand();
    at.push("mqtt:bat", { ...mapped, value: 12, retained: true });
    at.cycle();
    expect(at.property("robot", "battery/voltage")).toMatchObject({
      unit: "V",
      reported: { value: 12, quality: "uncertain", reason: "initial" },
    });
    at.push("mqtt:bat", { ...mapped, value: 12.5 });
    at.cycle();
    expect(at.property("robot", "battery/voltage").reported).toMatchObject({ value: 12.5, quality: "good" });
  });

  it("that was a word first is a number from the first number on, and shows the word between", () => {
    const at = new EngineAtHand();
    const voltage = () => at.property("robot", "battery/voltage").reported?.value;
    for (const value of ["unavailable", 12, "unknown", "nan", 12.5, true]) {
      at.push("mqtt:bat", { ...mapped, value });
      at.cycle();
      expect(voltage()).toBe(value);
    }
    expect(at.counts("mqtt:bat")).toMatchObject({ accepted: 6, rejected: 0 });
  });

  it("of a joint is a number, whatever came first", () => {
    const at = new EngineAtHand();
    at.describe();
    at.push("mqtt:enc", { ...mapped, path: "joint/a/position", value: "unavailable" });
    at.push("mqtt:enc", { ...mapped, path: "joint/a/position", value: 0.5 });
    at.cycle();
    expect(at.property("robot", "joint/a/position").reported?.value).toBe(0.5);
  });

  it("is late when its number falls, of whatever type it is", () => {
    const at = new EngineAtHand();
    at.push("mqtt:bat", { ...mapped, value: 12, sequence: 5 });
    at.push("mqtt:bat", { ...mapped, value: "low", sequence: 6 });
    at.push("mqtt:bat", { ...mapped, value: 11, sequence: 4 });
    at.push("mqtt:bat", { ...mapped, value: "old", sequence: 3 });
    at.cycle();
    expect(at.counts("mqtt:bat")).toMatchObject({ accepted: 2, rejected: 0, late: 2 });
    expect(at.property("robot", "battery/voltage").reported?.value).toBe("low");
  });
});

describe("odometry", () => {
  const odometry = (at: EngineAtHand, frame: string): void =>
    at.push("ros:/odom", {
      kind: "odometry",
      robot: "robot",
      message: {
        stamp: { sec: 0, nanosec: 0 },
        frame,
        childFrame: "base",
        pose: [1, 2, 0, 0, 0, 0, 1],
        twist: [0, 0, 0, 0, 0, 0],
      },
    });

  it("tells clients of its frames once, and again after a new description", () => {
    const at = new EngineAtHand();
    at.describe();
    const { graph } = at.engine;
    const definitions = (frame: string): number => {
      const before = graph.definitions;
      odometry(at, frame);
      at.cycle();
      expect(at.engine.thingJson("robot")?.definition).toMatchObject({
        odometryFrame: frame,
        baseFrame: "base",
      });
      return graph.definitions - before;
    };
    expect(definitions("odom")).toBe(1);
    expect(definitions("odom")).toBe(0);
    at.describe(twoJointUrdf.replace('name="two"', 'name="other"'));
    expect(definitions("odom")).toBe(1);
  });
});

describe("the unit of a joint", () => {
  const urdf = twoJointUrdf.replace('name="b" type="revolute"', 'name="b" type="prismatic"');
  const units = (at: EngineAtHand) =>
    ["a", "b"].flatMap((joint) =>
      ["position", "velocity", "effort"].map((leaf) => at.property("robot", `joint/${joint}/${leaf}`).unit),
    );
  const right = ["rad", "rad/s", "N·m", "m", "m/s", "N"];
  const speak = (at: EngineAtHand) => {
    const message = { stamp: { sec: 1, nanosec: 0 }, name: ["a", "b"], position: [0, 0], velocity: [0, 0] };
    const effort = [0, 0];
    at.push("ros:/joint_states", { kind: "jointState", robot: "robot", message: { ...message, effort } });
    at.cycle();
  };

  it("is the description's, whether that or the joint states come first", () => {
    const late = new EngineAtHand();
    speak(late);
    expect(units(late)).toEqual(["rad", "rad/s", "N·m", "rad", "rad/s", "N·m"]);
    late.describe(urdf);
    expect(units(late)).toEqual(right);
    const early = new EngineAtHand();
    early.describe(urdf);
    speak(early);
    expect(units(early)).toEqual(right);
  });

  it("is the joint's own in a mapping that names none", () => {
    const at = new EngineAtHand();
    const sample = { stamp: null, sequence: -1, retained: false } as const;
    const map = (path: string) =>
      at.push("mqtt:m", { kind: "mapped", robot: "robot", path, unit: "", value: 0.1, ...sample });
    map("joint/b/position");
    at.cycle();
    at.describe(urdf);
    map("joint/a/velocity");
    at.cycle();
    expect(at.property("robot", "joint/b/position").unit).toBe("m");
    expect(at.property("robot", "joint/a/velocity").unit).toBe("rad/s");
  });
});
