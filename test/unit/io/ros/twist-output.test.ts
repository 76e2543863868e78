import { describe, expect, it } from "vitest";
import type { EndpointInfo, RclNode, RclPublisher } from "../../../../src/io/ros/rclnodejs-api.ts";
import { TwistOutput } from "../../../../src/io/ros/twist-output.ts";
import { TwistPublisher } from "../../../../src/io/ros/twist-publisher.ts";

const plain = "geometry_msgs/msg/Twist";
const stamped = "geometry_msgs/msg/TwistStamped";

type Subscriber = { topic: string; type: string; node: string; namespace: string; matches: boolean };

/** A ROS graph of subscribers: each keeps what it heard once it is matched. */
class Graph {
  now = 1000;
  readonly warnings: string[] = [];
  readonly heard = new Map<Subscriber, number[]>();
  readonly subscribers: Subscriber[] = [];
  readonly publishers = new Set<{ topic: string; type: string }>();
  readonly node = this.makeNode() as RclNode;
  /** The node of another participant; null while it is not there. */
  second: RclNode | null = this.makeNode() as RclNode;

  subscribe(topic: string, type: string, node = "base", namespace = "/", matches = true): Subscriber {
    const subscriber = { topic, type, node, namespace, matches };
    this.subscribers.push(subscriber);
    this.heard.set(subscriber, []);
    return subscriber;
  }

  leave(subscriber: Subscriber): void {
    this.subscribers.splice(this.subscribers.indexOf(subscriber), 1);
  }

  output(isAuto = true, namespace = "/"): TwistOutput {
    return new TwistOutput({
      node: this.node,
      topic: namespace === "/" ? "/cmd_vel" : `${namespace}/cmd_vel`,
      isAuto,
      namespace,
      publisherOn: (topic) =>
        new TwistPublisher(
          this.node,
          topic,
          () => ({ sec: 1, nanosec: 0 }),
          () => "base_link",
          () => this.now,
          (text) => this.warnings.push(text),
          () => this.second,
        ),
    });
  }

  private makeNode(): Partial<RclNode> {
    const own = new Set<{ topic: string; type: string }>();
    const on = (topic: string) => this.subscribers.filter((s) => s.topic === topic);
    return {
      countSubscribers: (topic) => on(topic).length,
      getSubscriptionsInfoByTopic: (topic) =>
        on(topic).map(
          (s): EndpointInfo => ({
            node_name: s.node,
            node_namespace: s.namespace,
            topic_type: s.type,
            endpoint_gid: [],
            qos_profile: { reliability: 1, durability: 2 },
          }),
        ),
      getTopicNamesAndTypes: () =>
        [...new Set(this.subscribers.map((s) => s.topic))].map((name) => ({
          name,
          types: [...new Set(on(name).map((s) => s.type))],
        })),
      createPublisher: (type, topic): RclPublisher => {
        const graph = this;
        // As Fast DDS: one type of a topic in a participant.
        if ([...own].some((other) => other.topic === topic && other.type !== type)) {
          throw new Error(
            `create_publisher() called for existing topic name ${topic} with incompatible type`,
          );
        }
        const matched = () => on(topic).filter((s) => s.type === type && s.matches);
        const publisher = {
          topic,
          type,
          publish(message: object) {
            const twist = (type === stamped ? (message as { twist: object }).twist : message) as {
              linear: { x: number };
            };
            for (const s of matched()) graph.heard.get(s)?.push(twist.linear.x);
          },
          waitForAllAcked: () => true,
          get subscriptionCount() {
            return matched().length;
          },
        };
        this.publishers.add(publisher);
        own.add(publisher);
        return publisher;
      },
      destroyPublisher: (publisher) => {
        this.publishers.delete(publisher as never);
        own.delete(publisher as never);
      },
    };
  }
}

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
    expect(graph.heard.get(base)).toEqual([0.3, 0.3, 0]);
    expect(graph.heard.get(monitor)).toEqual([0.3, 0]);
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
    expect(graph.heard.get(base)).toEqual([0.3, 0]);
    expect(graph.heard.get(monitor)).toEqual([]);
    graph.second = second;
    graph.now += 250;
    output.poll(false);
    expect(graph.heard.get(monitor)?.at(-1)).toBe(0);
  });

  it("gives up a type that nobody subscribes to any more only after its zero", () => {
    const graph = new Graph();
    graph.subscribe("/cmd_vel", plain);
    const monitor = graph.subscribe("/cmd_vel", stamped, "monitor");
    const output = graph.output();
    output.poll(true);
    output.send(go);
    graph.leave(monitor);
    output.poll(true);
    expect(graph.publishers.size).toBe(2);
    output.send(zero);
    output.poll(true);
    expect(graph.publishers.size).toBe(1);
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
    expect(graph.heard.get(slow)).toEqual([]);
    graph.now += 250;
    slow.matches = true;
    output.poll(false);
    graph.now += 250;
    output.poll(false);
    const heard = graph.heard.get(slow) ?? [];
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
    const count = graph.heard.get(base)?.length ?? 0;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(8);
    output.reset();
    const late = graph.subscribe("/cmd_vel", plain, "late");
    graph.now += 250;
    output.poll(true);
    expect(graph.heard.get(late)).toEqual([]);
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
    expect(graph.heard.get(own)).toEqual([0.3]);
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
    expect(graph.heard.get(own)).toEqual([0.3, 0]);
    expect(graph.heard.get(usual)).toEqual([0.3]);
    output.poll(false);
    expect(graph.publishers.size).toBe(1);
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
});
