import { beforeEach, describe, expect, it } from "vitest";
import { TwistPublisher } from "../../../../src/io/ros/twist-publisher.ts";
import { type FakeNode, FakeRos, type OutsideSubscriber } from "./fake-ros.ts";

const topic = "/cmd_vel";
const plain = "geometry_msgs/msg/Twist";
const stamped = "geometry_msgs/msg/TwistStamped";
const go = { x: 0.3, y: -0.1, yaw: 0.5 };
const zero = { x: 0, y: 0, yaw: 0 };

let ros: FakeRos;
let second: FakeNode | null;
let warnings: string[];
let publisher: TwistPublisher;

beforeEach(() => {
  ros = new FakeRos();
  second = ros.node("twin_commands_2", "", {});
  warnings = [];
  publisher = on(topic);
});

function on(name: string): TwistPublisher {
  return new TwistPublisher(
    ros.node(),
    name,
    () => ({ sec: 7, nanosec: 8 }),
    () => "base_footprint",
    () => ros.now,
    (text) => warnings.push(text),
    () => second,
  );
}

function look(closely = true, ms = 250): boolean {
  ros.now += ms;
  return publisher.poll(closely);
}

/** The forward speeds that a subscription heard. */
const speeds = ({ heard }: OutsideSubscriber): number[] =>
  heard.map((message) => {
    const { twist = message } = message as { twist?: object };
    return (twist as { linear: { x: number } }).linear.x;
  });

const own = () => ros.publishers.filter(({ context }) => context !== null).map(({ type }) => type);

describe("a velocity topic", () => {
  it("has no publisher while nobody subscribes, so that nobody waits for one that says nothing", () => {
    expect(look()).toBe(false);
    publisher.send(go);
    expect(own()).toEqual([]);
    expect(publisher.hasUnmatched()).toBe(false);
  });

  it("carries a plain twist as it is, without a time", () => {
    const base = ros.subscriber("/base", topic, plain);
    look();
    publisher.send(go);
    expect(base.heard).toEqual([{ linear: { x: 0.3, y: -0.1, z: 0 }, angular: { x: 0, y: 0, z: 0.5 } }]);
  });

  it("carries a stamped twist with ROS time and the frame that it is meant in", () => {
    const base = ros.subscriber("/base", topic, stamped);
    look();
    publisher.send(go);
    expect(base.heard).toEqual([
      {
        header: { stamp: { sec: 7, nanosec: 8 }, frame_id: "base_footprint" },
        twist: { linear: { x: 0.3, y: -0.1, z: 0 }, angular: { x: 0, y: 0, z: 0.5 } },
      },
    ]);
  });

  it("is looked into at once when the number of subscriptions changes, else only closely", () => {
    ros.subscriber("/base", topic, plain);
    expect(look(false)).toBe(true);
    ros.reads.length = 0;
    look(false);
    expect(ros.reads).toEqual([]);
    look(true);
    expect(ros.reads).not.toEqual([]);
  });

  it("is not connected while the subscription's QoS does not match", () => {
    const base = ros.subscriber("/base", topic, plain);
    base.isMatched = false;
    expect(look()).toBe(false);
    expect(publisher.hasUnmatched()).toBe(true);
    base.isMatched = true;
    expect(look()).toBe(true);
    expect(publisher.hasUnmatched()).toBe(false);
  });

  it("is nothing to subscriptions of other types", () => {
    ros.subscriber("/logger", topic, "std_msgs/msg/String");
    expect(look()).toBe(false);
    expect(own()).toEqual([]);
    expect(publisher.hasUnmatched()).toBe(false);
  });
});

describe("the order of what is sent", () => {
  it("is that of the calls, in each of two types", () => {
    const base = ros.subscriber("/base", topic, plain);
    const monitor = ros.subscriber("/monitor", topic, stamped);
    look();
    for (const x of [0.1, 0.2, 0.3]) publisher.send({ ...zero, x });
    publisher.stop(0);
    publisher.send({ ...zero, x: 0.4 });
    const expected = [0.1, 0.2, 0.3, 0, 0.4];
    expect(speeds(base)).toEqual(expected);
    expect(speeds(monitor)).toEqual(expected);
  });
});

describe("two message types on one topic", () => {
  it("are published by two participants, and the second is not asked for before", () => {
    let asked = 0;
    publisher = new TwistPublisher(
      ros.node(),
      topic,
      () => ({ sec: 0, nanosec: 0 }),
      () => "",
      () => ros.now,
      (text) => warnings.push(text),
      () => {
        asked++;
        return second;
      },
    );
    ros.subscriber("/base", topic, stamped);
    look();
    look();
    expect(asked).toBe(0);
    ros.subscriber("/monitor", topic, plain);
    look();
    expect(asked).toBe(1);
    expect(own()).toEqual([stamped, plain]);
  });

  it("are warned of again when the subscribers change, and each time with their nodes", () => {
    ros.subscriber("/base", topic, plain);
    ros.subscriber("/monitor", topic, stamped);
    look();
    look();
    expect(warnings).toHaveLength(1);
    ros.subscriber("/second", topic, stamped);
    look();
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain("base as geometry_msgs/msg/Twist and monitor, second as");
  });

  it("of which one cannot be made leave the other one served; that is warned of once", () => {
    ros.faults.set(`createPublisher ${stamped}`, "out of memory");
    const base = ros.subscriber("/base", topic, plain);
    ros.subscriber("/monitor", topic, stamped);
    look();
    look();
    publisher.send(go);
    expect(speeds(base)).toEqual([0.3]);
    const refusals = warnings.filter((text) => text.includes("cannot be published"));
    expect(refusals).toEqual([
      `${topic} cannot be published as ${stamped}, so its subscribers get no command and no stop: out of memory`,
    ]);
    ros.faults.clear();
    look();
    expect(own()).toEqual([plain, stamped]);
  });

  it("become one again: the publisher of the other ends, and the topic needs one participant", () => {
    ros.subscriber("/base", topic, plain);
    const monitor = ros.subscriber("/monitor", topic, stamped);
    look();
    monitor.leave();
    look();
    expect(own()).toEqual([plain]);
  });
});

describe("a type that is given up", () => {
  it("is kept while it moves, or owes a zero, and ends then", () => {
    const base = ros.subscriber("/base", topic, plain);
    look();
    publisher.send(go);
    base.leave();
    look();
    expect(own()).toEqual([plain]);
    publisher.stop(5000);
    look();
    expect(own()).toEqual([plain]);
    look(true, 1000);
    expect(own()).toEqual([]);
  });

  it("is made anew for whoever comes back", () => {
    const before = ros.subscriber("/base", topic, plain);
    look();
    before.leave();
    look();
    const after = ros.subscriber("/base", topic, plain);
    look();
    publisher.send(go);
    expect(speeds(after)).toEqual([0.3]);
  });
});

describe("the zero of a stop", () => {
  it("is sent at once and repeated at each look for a second", () => {
    const base = ros.subscriber("/base", topic, plain);
    look();
    publisher.send(go);
    publisher.stop(5000);
    expect(speeds(base)).toEqual([0.3, 0]);
    for (let i = 0; i < 8; i++) look(false);
    expect(speeds(base)).toEqual([0.3, 0, 0, 0, 0]);
  });

  it("is sent for a second to a subscription that is matched later, in the time of the stop", () => {
    look();
    publisher.stop(5000);
    const base = ros.subscriber("/base", topic, plain);
    base.isMatched = false;
    look(true, 3000);
    base.isMatched = true;
    for (let i = 0; i < 8; i++) look(false);
    expect(speeds(base)).toEqual([0, 0, 0, 0]);
  });

  it("is not sent to a subscription that comes after the time of the stop", () => {
    look();
    publisher.stop(5000);
    look(true, 6000);
    const base = ros.subscriber("/base", topic, plain);
    look();
    expect(base.heard).toEqual([]);
  });

  it("is not repeated after a reset, which lets the robot move again", () => {
    const base = ros.subscriber("/base", topic, plain);
    look();
    publisher.stop(5000);
    publisher.reset();
    publisher.send(go);
    look();
    expect(speeds(base)).toEqual([0, 0.3]);
  });

  it("is taken over by another topic of the robot", () => {
    publisher.stop(5000);
    const next = on("/base_controller/cmd_vel");
    next.follow(publisher);
    const base = ros.subscriber("/base_controller", "/base_controller/cmd_vel", stamped);
    ros.now += 1000;
    next.poll(true);
    expect(speeds(base)).toEqual([0]);
  });
});

describe("the end of a topic", () => {
  it("is a zero where the base moves, and nothing where it rests", () => {
    const base = ros.subscriber("/base", topic, plain);
    look();
    publisher.halt();
    expect(base.heard).toEqual([]);
    publisher.send({ ...zero, yaw: 0.1 });
    publisher.halt();
    publisher.halt();
    expect(base.heard).toMatchObject([{ angular: { z: 0.1 } }, { angular: { z: 0 } }]);
  });

  it("waits for the subscribers of every type, then leaves no publisher of any participant", () => {
    ros.subscriber("/base", topic, plain);
    ros.subscriber("/monitor", topic, stamped);
    look();
    publisher.flush();
    expect(ros.flushed).toEqual([topic, topic]);
    publisher.destroy();
    expect(own()).toEqual([]);
    publisher.send(go);
    publisher.flush();
    expect(ros.flushed).toHaveLength(2);
  });
});
