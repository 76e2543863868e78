import { describe, expect, it } from "vitest";
import type { RclNode } from "../../../../src/io/ros/rclnodejs-api.ts";
import { TwistOutput } from "../../../../src/io/ros/twist-output.ts";
import { TwistPublisher } from "../../../../src/io/ros/twist-publisher.ts";
import { FakeRos, type OutsideSubscriber } from "./fake-ros.ts";

const plain = "geometry_msgs/msg/Twist";
const stamped = "geometry_msgs/msg/TwistStamped";

/** A ROS graph of subscribers, and the outputs of robots on it. */
class Graph extends FakeRos {
  readonly warnings: string[] = [];
  readonly actor = this.node();
  /** The node of another participant; null while it is not there. */
  second: RclNode | null = this.node("twin_commands_2", "", {});

  subscribe(topic: string, type: string, node = "base", namespace = "/", matches = true): OutsideSubscriber {
    const subscriber = this.subscriber(`${namespace === "/" ? "" : namespace}/${node}`, topic, type);
    subscriber.isMatched = matches;
    return subscriber;
  }

  /** The types of our own publishers. */
  own(): string[] {
    return this.publishers.map(({ type }) => type);
  }

  output(isAuto = true, namespace = "/"): TwistOutput {
    return new TwistOutput({
      node: this.actor,
      topic: namespace === "/" ? "/cmd_vel" : `${namespace}/cmd_vel`,
      isAuto,
      namespace,
      publisherOn: (topic) =>
        new TwistPublisher(
          this.actor,
          topic,
          () => ({ sec: 1, nanosec: 0 }),
          () => "base_link",
          () => this.now,
          (text) => this.warnings.push(text),
          () => this.second,
        ),
    });
  }
}

/** The forward speeds that a subscriber heard. */
const speeds = ({ heard }: OutsideSubscriber): number[] =>
  heard.map((message) => {
    const { twist = message } = message as { twist?: object };
    return (twist as { linear: { x: number } }).linear.x;
  });

const go = { x: 0.3, y: 0, yaw: 0 };
const zero = { x: 0, y: 0, yaw: 0 };

describe("a velocity topic with subscribers of two types", () => {
  it("gives both the stream and the zero, whoever came when, and warns once", () => {
    const graph = new Graph();
    const base = graph.subscribe("/cmd_vel", plain);
    const output = graph.output();
    expect(output.poll(true)).toBe(true);
    output.send(go);
    const monitor = graph.subscribe("/cmd_vel", stamped, "monitor");
    output.poll(false);
    output.send(go);
    output.send(zero);
    expect(speeds(base)).toEqual([0.3, 0.3, 0]);
    expect(speeds(monitor)).toEqual([0.3, 0]);
    output.poll(true);
    expect(graph.warnings).toHaveLength(1);
    expect(graph.warnings[0]).toContain("base as geometry_msgs/msg/Twist");
    expect(graph.warnings[0]).toContain("monitor as geometry_msgs/msg/TwistStamped");
  });

  it("serves the second type as soon as there is another participant to publish it, a stop's zero included", () => {
    const graph = new Graph();
    const { second } = graph;
    graph.second = null;
    const base = graph.subscribe("/cmd_vel", plain);
    const monitor = graph.subscribe("/cmd_vel", stamped, "monitor");
    const output = graph.output();
    output.poll(true);
    output.send(go);
    output.stop(5000);
    expect(speeds(base)).toEqual([0.3, 0]);
    expect(speeds(monitor)).toEqual([]);
    graph.second = second;
    graph.now += 250;
    output.poll(false);
    expect(speeds(monitor).at(-1)).toBe(0);
  });

  it("gives up a type that nobody subscribes to any more only after its zero", () => {
    const graph = new Graph();
    graph.subscribe("/cmd_vel", plain);
    const monitor = graph.subscribe("/cmd_vel", stamped, "monitor");
    const output = graph.output();
    output.poll(true);
    output.send(go);
    monitor.leave();
    output.poll(true);
    expect(graph.own()).toHaveLength(2);
    output.send(zero);
    output.poll(true);
    expect(graph.own()).toHaveLength(1);
  });
});

describe("the zero of a stop", () => {
  it("reaches a subscriber that is found, or matched, only after it", () => {
    const graph = new Graph();
    const output = graph.output();
    output.poll(true);
    output.stop(5000);
    graph.now += 2000;
    const slow = graph.subscribe("/cmd_vel", stamped, "base", "/", false);
    output.poll(true);
    expect(speeds(slow)).toEqual([]);
    graph.now += 250;
    slow.isMatched = true;
    output.poll(false);
    graph.now += 250;
    output.poll(false);
    const heard = speeds(slow);
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.every((x) => x === 0)).toBe(true);
  });

  it("is not repeated forever, nor after a reset", () => {
    const graph = new Graph();
    const base = graph.subscribe("/cmd_vel", plain);
    const output = graph.output();
    output.poll(true);
    output.stop(5000);
    for (let i = 0; i < 20; i++) {
      graph.now += 250;
      output.poll(i % 4 === 0);
    }
    const count = base.heard.length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(8);
    output.reset();
    const late = graph.subscribe("/cmd_vel", plain, "late");
    graph.now += 250;
    output.poll(true);
    expect(speeds(late)).toEqual([]);
  });
});

describe("a controller's own velocity topic", () => {
  it("is used where nobody subscribes to cmd_vel, and is the node's in this namespace only", () => {
    const graph = new Graph();
    graph.subscribe("/r2/base_controller/cmd_vel", stamped, "base_controller", "/r2");
    graph.subscribe("/r2/cmd_vel", plain, "base", "/r2");
    const output = graph.output();
    expect(output.poll(true)).toBe(false);
    const own = graph.subscribe("/base_controller/cmd_vel", stamped, "base_controller");
    expect(output.poll(true)).toBe(true);
    output.send(go);
    expect(speeds(own)).toEqual([0.3]);
    const named = graph.output(true, "/r2");
    expect(named.poll(true)).toBe(true);
  });

  it("is left with a zero once somebody subscribes to cmd_vel", () => {
    const graph = new Graph();
    const own = graph.subscribe("/base_controller/cmd_vel", stamped, "base_controller");
    const output = graph.output();
    output.poll(true);
    output.send(go);
    const usual = graph.subscribe("/cmd_vel", plain, "mux");
    output.poll(true);
    output.send(go);
    expect(speeds(own)).toEqual([0.3, 0]);
    expect(speeds(usual)).toEqual([0.3]);
    output.poll(false);
    expect(graph.own()).toHaveLength(1);
  });

  it("is not guessed where there are two, and the reason names them and the key", () => {
    const graph = new Graph();
    graph.subscribe("/left/cmd_vel", stamped, "left");
    graph.subscribe("/right/cmd_vel", stamped, "right");
    const output = graph.output();
    expect(output.poll(true)).toBe(false);
    expect(output.reason()).toContain("/left/cmd_vel, /right/cmd_vel");
    expect(output.reason()).toContain("robots[].commands.twist");
  });

  it("is not used where the configuration names another topic", () => {
    const graph = new Graph();
    graph.subscribe("/base_controller/cmd_vel", stamped, "base_controller");
    const output = graph.output(false);
    expect(output.poll(true)).toBe(false);
    expect(output.reason()).toContain("twists are taken on /base_controller/cmd_vel");
  });

  it("that is found after a stop of the usual one owes the zero of that stop", () => {
    const graph = new Graph();
    const output = graph.output();
    output.poll(true);
    output.stop(5000);
    graph.now += 2000;
    const own = graph.subscribe("/base_controller/cmd_vel", stamped, "base_controller");
    output.poll(true);
    expect(speeds(own)).toEqual([0]);
  });
});

describe("the end of an output", () => {
  /** One that has just changed its topic, and did not look at the graph since. */
  function changed(): { graph: Graph; output: TwistOutput } {
    const graph = new Graph();
    graph.subscribe("/base_controller/cmd_vel", stamped, "base_controller");
    const output = graph.output();
    output.poll(true);
    output.send(go);
    graph.subscribe("/cmd_vel", plain, "mux");
    output.poll(true);
    return { graph, output };
  }

  it("waits also for the zero on the topic that was given up last", () => {
    const { graph, output } = changed();
    output.flush();
    expect(graph.flushed).toEqual(["/base_controller/cmd_vel", "/cmd_vel"]);
  });

  it("leaves no publisher, the one that was given up last included", () => {
    const { graph, output } = changed();
    expect(graph.own()).toEqual([stamped, plain]);
    output.end();
    expect(graph.own()).toEqual([]);
  });
});
