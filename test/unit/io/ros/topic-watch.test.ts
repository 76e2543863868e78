import { describe, expect, it } from "vitest";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import type { Arrival } from "../../../../src/engine/ports/inputs.ts";
import type { RawMessage } from "../../../../src/engine/ports/raw-tap.ts";
import type {
  EndpointInfo,
  RclNode,
  Rclnodejs,
  RclSubscription,
} from "../../../../src/io/ros/rclnodejs-api.ts";
import { TopicWatch, type WatchedTopic } from "../../../../src/io/ros/topic-watch.ts";
import { arrivalsOf, FakeRos, bestEffort as offersBestEffort, latched as offersLatched } from "./fake-ros.ts";

const type = "std_msgs/msg/String";
type Qos = { reliable: boolean; latched: boolean };
type Publisher = { info: EndpointInfo; qos: Qos; history: Uint8Array[] };
type Subscription = RclSubscription & { qos: Qos; hear(bytes: Uint8Array): void };

/** One topic of a ROS graph, matched by QoS as DDS matches it: an offer serves what it is at least as good as. */
class Topic {
  readonly publishers: Publisher[] = [];
  readonly subscriptions = new Set<Subscription>();
  readonly inbox = new Inbox();
  readonly watch: TopicWatch;
  private gid = 0;

  constructor(more: Partial<WatchedTopic> = {}) {
    const rcl = {
      QoS: class {
        readonly qos: Qos;
        constructor(_history: number, _depth: number, reliable: number, durable: number) {
          this.qos = { reliable: reliable === 1, latched: durable === 1 };
        }
      },
    };
    const node: Partial<RclNode> = {
      countPublishers: () => this.publishers.length,
      getPublishersInfoByTopic: () => this.publishers.map(({ info }) => info),
      createSubscription: (_type, topic, options, callback) => {
        const { qos } = options.qos as { qos: Qos };
        const subscription: Subscription = { topic, qos, hear: callback };
        this.subscriptions.add(subscription);
        for (const publisher of this.publishers) {
          if (!qos.latched || !serves(publisher.qos, qos)) continue;
          for (const bytes of publisher.history) subscription.hear(bytes);
        }
        return subscription;
      },
      destroySubscription: (subscription) => this.subscriptions.delete(subscription as Subscription),
    };
    const watched: WatchedTopic = {
      topic: "/t",
      type,
      latched: false,
      decode: (bytes, publishers) => ({
        ok: true,
        value: {
          kind: "note",
          robot: publishers?.join(" ") ?? "",
          severity: "info",
          code: "heard",
          text: Buffer.from(bytes).toString(),
        },
      }),
      ...more,
    };
    this.watch = new TopicWatch(
      rcl as unknown as Rclnodejs,
      node as RclNode,
      watched,
      this.inbox,
      () => 1000,
    );
  }

  publisher(node: string, qos: Qos): Publisher {
    const info: EndpointInfo = {
      node_name: node,
      node_namespace: "/",
      topic_type: type,
      endpoint_gid: [++this.gid],
      qos_profile: { reliability: qos.reliable ? 1 : 2, durability: qos.latched ? 1 : 2 },
    };
    const publisher = { info, qos, history: [] };
    this.publishers.push(publisher);
    return publisher;
  }

  leave(publisher: Publisher): void {
    this.publishers.splice(this.publishers.indexOf(publisher), 1);
  }

  /** Every subscription that is matched hears it; `loses` those that ask for no retransmission. */
  publish(publisher: Publisher, text: string, loses = false): void {
    const bytes = Buffer.from(text);
    if (publisher.qos.latched) publisher.history.push(bytes);
    for (const subscription of [...this.subscriptions]) {
      if (!serves(publisher.qos, subscription.qos) || (loses && !subscription.qos.reliable)) continue;
      subscription.hear(Buffer.from(bytes));
    }
  }

  arrivals(): Arrival["input"][] {
    const found: Arrival["input"][] = [];
    this.inbox.drain(
      ({ input }) => found.push(input),
      () => undefined,
    );
    return found;
  }

  heard(): string[] {
    return this.arrivals().flatMap((input) => (input.kind === "note" ? [input.text] : []));
  }
}

function serves(offered: Qos, wanted: Qos): boolean {
  return (offered.reliable || !wanted.reliable) && (offered.latched || !wanted.latched);
}

const latched = { reliable: true, latched: true };
const reliable = { reliable: true, latched: false };
const bestEffort = { reliable: false, latched: false };

describe("a topic that is latched by one publisher", () => {
  it("is heard from its beginning, whoever else announces himself as volatile", () => {
    const at = new Topic();
    at.publish(at.publisher("rsp", latched), "urdf");
    at.publisher("bridge", reliable);
    at.watch.poll(true);
    expect(at.heard()).toEqual(["urdf"]);
  });

  it("keeps its subscription when a volatile publisher comes and goes", () => {
    const at = new Topic();
    const rsp = at.publisher("rsp", latched);
    at.publish(rsp, "urdf");
    at.watch.poll(true);
    const bridge = at.publisher("bridge", bestEffort);
    at.watch.poll(true);
    at.leave(bridge);
    at.watch.poll(true);
    expect(at.heard()).toEqual(["urdf"]);
    expect(at.subscriptions.size).toBe(1);
  });

  it("is taken once a message, though two subscriptions hear it", () => {
    const at = new Topic();
    const rsp = at.publisher("rsp", latched);
    const bridge = at.publisher("bridge", reliable);
    at.watch.poll(true);
    at.publish(rsp, "first");
    at.publish(bridge, "of the bridge");
    at.publish(rsp, "second");
    expect(at.heard()).toEqual(["first", "of the bridge", "second"]);
  });

  it("is taken each time when its publisher repeats itself to the byte", () => {
    const at = new Topic();
    const rsp = at.publisher("rsp", latched);
    at.publisher("bridge", reliable);
    at.watch.poll(true);
    at.publish(rsp, "same");
    at.publish(rsp, "same");
    expect(at.heard()).toEqual(["same", "same"]);
  });
});

describe("a topic of a reliable and a best-effort publisher", () => {
  it("gets every message of the reliable one, though the network loses some", () => {
    const at = new Topic();
    const driver = at.publisher("driver", reliable);
    const camera = at.publisher("camera", bestEffort);
    at.watch.poll(true);
    at.publish(driver, "a");
    at.publish(driver, "b", true);
    at.publish(camera, "c");
    at.publish(camera, "d", true);
    at.publish(driver, "e");
    expect(at.heard()).toEqual(["a", "b", "c", "e"]);
  });
});

describe("a topic's publishers", () => {
  it("are named with each message where there are several, and only there", () => {
    const at = new Topic();
    const driver = at.publisher("driver", reliable);
    at.watch.poll(true);
    at.publish(driver, "alone");
    const gui = at.publisher("gui", reliable);
    at.watch.poll(false);
    at.publish(gui, "together");
    expect(at.arrivals()).toMatchObject([
      { text: "alone", robot: "" },
      { text: "together", robot: "/driver /gui" },
    ]);
    expect(at.subscriptions.size).toBe(1);
  });

  it("that are all gone are told, and one that comes back starts a new epoch", () => {
    const at = new Topic();
    const driver = at.publisher("driver", reliable);
    at.watch.poll(true);
    at.leave(driver);
    at.watch.poll(true);
    at.publisher("driver", reliable);
    at.watch.poll(true);
    expect(at.arrivals().map(({ kind }) => kind)).toEqual(["sourceLost", "sourceEpoch"]);
    expect(at.subscriptions.size).toBe(1);
  });
});

describe("the raw bytes in front of the inbox", () => {
  it("go to a recorder once a message, also those that cannot be decoded", () => {
    const at = new Topic({ decode: () => ({ ok: false, path: "data", reason: "is no text" }) });
    const raw: RawMessage[] = [];
    at.inbox.taps.add((message) => raw.push(message));
    const rsp = at.publisher("rsp", latched);
    at.publisher("bridge", reliable);
    at.watch.poll(true);
    at.publish(rsp, "bytes");
    expect(raw).toEqual([{ kind: "ros", topic: "/t", type, cdr: Buffer.from("bytes"), received: 1000 }]);
    expect(at.arrivals()).toMatchObject([{ kind: "rejected" }]);
  });
});

describe("a topic among others of a ROS graph", () => {
  const decode: WatchedTopic["decode"] = (bytes) => ({
    ok: true,
    value: { kind: "description", robot: "r", text: Buffer.from(bytes).toString() },
  });

  function follow(more: Partial<WatchedTopic> = {}) {
    const ros = new FakeRos();
    const inbox = new Inbox();
    const watched = { topic: "/t", type, latched: false, decode, ...more };
    const watch = new TopicWatch(ros.rcl, ros.node(), watched, inbox, () => ros.now);
    return { ros, inbox, watch, kinds: () => arrivalsOf(inbox).map(({ input }) => input.kind) };
  }

  it("of another type is told once with whoever publishes it, and again when it comes back", () => {
    const { ros, inbox, watch, kinds } = follow();
    const wrong = ros.publisher("/sensor", "/t", "sensor_msgs/msg/Imu");
    watch.poll(true);
    watch.poll(true);
    expect(arrivalsOf(inbox)).toMatchObject([
      {
        source: "ros:/t",
        input: {
          kind: "rejected",
          reason: "sensor publishes sensor_msgs/msg/Imu, but std_msgs/msg/String is expected",
        },
      },
    ]);
    expect(ros.heardBy("/t")).toEqual([]);
    expect(watch.hasPublishers()).toBe(false);
    wrong.leave();
    watch.poll(true);
    ros.publisher("/sensor", "/t", "sensor_msgs/msg/Imu");
    watch.poll(true);
    expect(kinds()).toEqual(["rejected"]);
  });

  it("starts a new epoch when another publisher takes the place of the one that was there", () => {
    const { ros, watch, kinds } = follow();
    const before = ros.publisher("/driver", "/t", type);
    watch.poll(true);
    before.leave();
    ros.publisher("/driver", "/t", type);
    watch.poll(true);
    expect(kinds()).toEqual(["sourceEpoch"]);
  });

  it("starts no new epoch when a publisher joins another one, or leaves it alone", () => {
    const { ros, watch, kinds } = follow();
    ros.publisher("/driver", "/t", type);
    watch.poll(true);
    const second = ros.publisher("/second", "/t", type);
    watch.poll(true);
    second.leave();
    watch.poll(true);
    expect(kinds()).toEqual([]);
  });

  it("whose values never age is not lost with its publisher", () => {
    const { ros, watch, kinds } = follow({ latched: true });
    const rsp = ros.publisher("/rsp", "/t", type, offersLatched);
    watch.poll(true);
    rsp.leave();
    watch.poll(true);
    expect(kinds()).toEqual([]);
    expect(watch.hasPublishers()).toBe(false);
  });

  it("is kept for a second of a fast publisher, as its newest message alone, or as many as are asked for", () => {
    for (const [kept, depth] of [
      [{ newestOnly: false }, 1000],
      [{ newestOnly: true }, 1],
      [{ depth: 60 }, 60],
    ] as const) {
      const { ros, watch } = follow(kept);
      ros.publisher("/rsp", "/t", type, offersBestEffort);
      watch.poll(true);
      expect(ros.heardBy("/t")).toMatchObject([{ ...offersBestEffort, depth }]);
    }
  });

  it("tells what of a message was left out, beside the rest of it", () => {
    const { ros, inbox, watch } = follow({
      decode: (...given) => ({ ...decode(...given), leftOut: "velocity: 1 value for 2 names" }),
    });
    const driver = ros.publisher("/driver", "/t", type);
    watch.poll(true);
    driver.publish(Buffer.from("x"));
    expect(arrivalsOf(inbox).map(({ input }) => input)).toMatchObject([
      { kind: "description" },
      { kind: "leftOut", reason: "velocity: 1 value for 2 names" },
    ]);
  });

  it("names the field of a message that cannot be read, where there is one", () => {
    const { ros, inbox, watch } = follow({ decode: () => ({ ok: false, path: "position", reason: "bad" }) });
    const driver = ros.publisher("/driver", "/t", type);
    watch.poll(true);
    driver.publish(Buffer.from("x"));
    expect(arrivalsOf(inbox)).toMatchObject([{ input: { kind: "rejected", reason: "position: bad" } }]);
  });

  it("costs a count where nobody is there, and nothing is subscribed to", () => {
    const { ros, watch } = follow();
    for (let i = 0; i < 4; i++) watch.poll(true);
    expect(ros.reads).toEqual([]);
    expect(ros.heardBy("/t")).toEqual([]);
  });
});
