import { beforeEach, describe, expect, it } from "vitest";
import type { Stamp } from "../../../../src/core/stamp.ts";
import { defaultRobot, type RobotConfig } from "../../../../src/io/config/config-schema.ts";
import { FramePrefix } from "../../../../src/io/ros/frame-prefix.ts";
import { robotTopics } from "../../../../src/io/ros/robot-topics.ts";
import type { WatchedTopic } from "../../../../src/io/ros/topic-watch.ts";
import { cdrOf, jointStateCdr, transformsCdr } from "../../protocol/cdr.ts";

let stamps: Stamp[];
beforeEach(() => {
  stamps = [];
});

function topicsOf(namespace: string, given: Partial<RobotConfig> = {}): Map<string, WatchedTopic> {
  const config = { ...defaultRobot("r", namespace), ...given };
  const nameOf = (name: string): string => {
    if (name.startsWith("/")) return name;
    return namespace === "" ? `/${name}` : `/${namespace}/${name}`;
  };
  const frames = new FramePrefix(config.tfPrefix, namespace);
  const list = robotTopics(
    config,
    nameOf,
    ({ stamp }) => stamps.push(stamp),
    frames,
    () => 0,
  );
  return new Map(list.map((topic) => [topic.topic, topic]));
}

function decoded(topics: Map<string, WatchedTopic>, name: string, bytes: Uint8Array, nodes?: string[]) {
  const topic = topics.get(name);
  if (topic === undefined) throw new Error(`${name} is not among ${[...topics.keys()].join(", ")}`);
  const result = topic.decode(bytes, nodes);
  return result.ok ? result.value : result;
}

const childrenOf = (input: object): string[] =>
  (input as { transforms: { child: string }[] }).transforms.map(({ child }) => child);

describe("the topics of a robot", () => {
  it("at the root are each there once", () => {
    expect([...topicsOf("").keys()].sort()).toEqual([
      "/battery_state",
      "/diagnostics",
      "/imu",
      "/joint_states",
      "/robot_description",
      "/robot_description_semantic",
      "/tf",
      "/tf_static",
    ]);
  });

  it("in a namespace are below it, and the transforms of all robots beside its own", () => {
    const names = [...topicsOf("r1").keys()];
    expect(names).toContain("/r1/joint_states");
    expect(names.filter((name) => name.includes("tf")).sort()).toEqual([
      "/r1/tf",
      "/r1/tf_static",
      "/tf",
      "/tf_static",
    ]);
  });

  it("in a namespace are only its own where its frames have no prefix: /tf would be another robot's", () => {
    expect([...topicsOf("r1", { tfPrefix: "" }).keys()].filter((name) => name.startsWith("/tf"))).toEqual([]);
  });

  it("have no description or semantics that the configuration has from a file", () => {
    const names = [...topicsOf("", { description: "r.urdf", srdf: "r.srdf" }).keys()];
    expect(names.filter((name) => name.includes("description"))).toEqual([]);
  });

  it("are kept as their newest message alone where one may be megabytes and is sent once", () => {
    const newest = [...topicsOf("").values()].filter(({ newestOnly }) => newestOnly === true);
    expect(newest.map(({ topic, latched }) => [topic, latched])).toEqual([
      ["/robot_description", true],
      ["/robot_description_semantic", true],
    ]);
  });

  it("age where they are measured, and do not where they are latched", () => {
    const aging = [...topicsOf("").values()].filter(({ latched }) => !latched).map(({ topic }) => topic);
    expect(aging.sort()).toEqual(["/battery_state", "/diagnostics", "/imu", "/joint_states", "/tf"]);
  });
});

describe("a message of a robot's topic", () => {
  it("of joints is an input of that robot with its publishers, and its stamp is noted", () => {
    const input = decoded(topicsOf(""), "/joint_states", jointStateCdr(["a"], [1]), ["/x", "/y"]);
    expect(input).toMatchObject({
      kind: "jointState",
      robot: "r",
      message: { name: ["a"] },
      publishers: ["/x", "/y"],
    });
    expect(stamps).toMatchObject([{ sec: 12 }]);
  });

  it("of a description or its semantics is their text", () => {
    const bytes = cdrOf("std_msgs/String", { data: "<robot/>" });
    expect(decoded(topicsOf(""), "/robot_description", bytes)).toMatchObject({
      kind: "description",
      robot: "r",
      text: "<robot/>",
    });
    expect(decoded(topicsOf(""), "/robot_description_semantic", bytes)).toMatchObject({
      kind: "semantics",
      robot: "r",
      text: "<robot/>",
    });
  });

  it("of a sensor is one of that robot", () => {
    const bytes = cdrOf("sensor_msgs/BatteryState", { percentage: 0.5, voltage: 24 });
    expect(decoded(topicsOf("r1"), "/r1/battery_state", bytes)).toMatchObject({ kind: "sensor", robot: "r" });
  });

  it("of transforms says whether they are static", () => {
    const bytes = transformsCdr(["wheel"]);
    expect(decoded(topicsOf(""), "/tf", bytes)).toMatchObject({ kind: "transforms", isStatic: false });
    expect(decoded(topicsOf(""), "/tf_static", bytes)).toMatchObject({ kind: "transforms", isStatic: true });
  });

  it("that cannot be read is refused with the reason", () => {
    expect(decoded(topicsOf(""), "/joint_states", new Uint8Array(2))).toMatchObject({ ok: false });
    expect(stamps).toEqual([]);
  });
});

describe("the frames in transforms", () => {
  const bytes = transformsCdr(["r1/wheel", "r2/wheel", "wheel"]);

  it("of a robot at the root are all of them, as they are", () => {
    expect(childrenOf(decoded(topicsOf(""), "/tf", bytes))).toEqual(["r1/wheel", "r2/wheel", "wheel"]);
  });

  it("on the topic of all robots are those with the robot's prefix", () => {
    expect(childrenOf(decoded(topicsOf("r1"), "/tf", bytes))).toEqual(["wheel"]);
  });

  it("on a topic of the robot alone are all of them, without its prefix where they have it", () => {
    expect(childrenOf(decoded(topicsOf("r1"), "/r1/tf", bytes))).toEqual(["wheel", "r2/wheel", "wheel"]);
  });

  it("of a robot at the root with a prefix are those with it", () => {
    const topics = topicsOf("", { tfPrefix: "r2" });
    expect(childrenOf(decoded(topics, "/tf", bytes))).toEqual(["wheel"]);
  });
});
