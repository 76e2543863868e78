import { beforeEach, describe, expect, it, vi } from "vitest";
import { TopicHub } from "../../../../src/io/topics/topic-hub.ts";
import type { TopicOrder } from "../../../../src/io/topics/topic-orders.ts";
import { PieceJoiner } from "../../../../src/protocol/topics/topic-frame.ts";
import type { TopicAnswer } from "../../../../src/protocol/topics/topic-requests.ts";

/** A viewer whose link carries so many bytes a second: it reads what was sent as time passes. */
class Viewer {
  readonly answers: TopicAnswer[] = [];
  readonly messages: { channel: number; bytes: number; number: number; at: number }[] = [];
  readonly session;
  private readonly joiner = new PieceJoiner();
  private readonly unread: { bytes: number; at: number; frame: Uint8Array }[] = [];
  private told: (delayMs: number) => void = () => undefined;
  private credit = 0;
  asked = 0;
  mostUnread = 0;

  constructor(
    hub: TopicHub,
    private readonly bytesPerSecond = Number.POSITIVE_INFINITY,
  ) {
    this.session = hub.join({
      sendText: (text) => this.answers.push(JSON.parse(text) as TopicAnswer),
      sendFrame: (frame) => {
        this.unread.push({ bytes: frame.byteLength, at: now, frame });
        this.mostUnread = Math.max(this.mostUnread, this.unreadBytes());
      },
      unreadBytes: () => this.unreadBytes(),
      askRead: () => {
        this.asked += 1;
      },
      onRead: (told) => {
        this.told = told;
      },
    });
  }

  watch(topic: string, budget = { bytesPerSecond: 4e6, maxAgeMs: 1000 }): void {
    this.session.take({ op: "watch", topic, budget });
  }

  /** `ms` have passed. */
  pass(ms: number): void {
    this.credit = Math.min(
      this.credit + (this.bytesPerSecond * ms) / 1000,
      Math.max(20_000, this.bytesPerSecond / 10),
    );
    while (this.unread[0] !== undefined && this.unread[0].bytes <= this.credit) {
      const { bytes, at, frame } = this.unread.shift() as (typeof this.unread)[number];
      if (Number.isFinite(this.credit)) this.credit -= bytes;
      const joined = this.joiner.take(frame);
      if (joined !== null) {
        const number = new DataView(joined.message.buffer).getUint32(0, true);
        this.messages.push({ channel: joined.channel, bytes: joined.message.byteLength, number, at: now });
      }
      this.told(now - at);
    }
  }

  /** Bytes of the state that wait in its socket as well. */
  stateBytes = 0;

  unreadBytes(): number {
    return this.unread.reduce((sum, { bytes }) => sum + bytes, this.stateBytes);
  }
}

let now = 0;
let orders: TopicOrder[];
let hub: TopicHub;
const rejections: string[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  now = 1000;
  orders = [];
  hub = new TopicHub({
    now: () => now,
    later: (run) => run(),
    rules: { allow: ["*"], deny: ["/secret/*"] },
    order: (order) => orders.push(order),
    rejected: (topic, count, reason) => rejections.push(`${topic} ${count} ${reason}`),
  });
  return () => vi.useRealTimers();
});

function pass(ms: number, ...viewers: Viewer[]): void {
  for (let i = 0; i < ms; i += 5) {
    now += 5;
    vi.advanceTimersByTime(5);
    for (const viewer of viewers) viewer.pass(5);
  }
}

/** A message of a feed: its number, and bytes behind it. */
function message(feed: number, number: number, size: number, level = 0): void {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, number, true);
  hub.message({ feed, level, received: now, bytes });
}

const feedOf = (topic: string): number => {
  const found = orders.findLast((order) => order.op === "open" && order.topic === topic);
  return found?.op === "open" ? found.feed : -1;
};

describe("topics that are watched", () => {
  it("are subscribed to once for all viewers, and no longer than somebody watches", () => {
    const [a, b] = [new Viewer(hub), new Viewer(hub)];
    a.watch("/scan");
    b.watch("/scan");
    const feed = feedOf("/scan");
    expect(new Set(orders.map((order) => (order.op === "open" ? order.feed : -1)))).toEqual(new Set([feed]));
    hub.report({ op: "feed", feed, type: "sensor_msgs/msg/LaserScan", publishers: 1, isLatched: false });
    expect(a.answers[0]).toMatchObject({ op: "watching", topic: "/scan", type: "sensor_msgs/msg/LaserScan" });
    message(feed, 7, 50_000);
    pass(20, a, b);
    expect([a, b].map(({ messages }) => messages.map(({ number }) => number))).toEqual([[7], [7]]);
    a.session.take({ op: "unwatch", topic: "/scan" });
    expect(orders.at(-1)?.op).toBe("open");
    b.session.close();
    expect(orders.at(-1)).toEqual({ op: "close", feed });
  });

  it("of clouds in another colour are encoded for themselves, and left for it", () => {
    const [a, b] = [new Viewer(hub), new Viewer(hub)];
    const budget = { bytesPerSecond: 4e6, maxAgeMs: 1000 };
    a.watch("/cloud");
    const usual = feedOf("/cloud");
    b.watch("/cloud");
    b.session.take({ op: "watch", topic: "/cloud", budget, color: "ring" });
    const byRing = feedOf("/cloud");
    expect(byRing).not.toBe(usual);
    expect(orders.at(-1)).toMatchObject({ op: "open", color: "ring" });
    for (const feed of [usual, byRing]) {
      hub.report({ op: "feed", feed, type: "sensor_msgs/msg/PointCloud2", publishers: 1, isLatched: false });
    }
    message(usual, 1, 100);
    message(byRing, 2, 100);
    pass(50, a, b);
    expect([a, b].map(({ messages }) => messages.map(({ number }) => number))).toEqual([[1], [2]]);
    a.session.take({ op: "watch", topic: "/cloud", budget, color: "ring" });
    expect(orders).toContainEqual({ op: "close", feed: usual });
    for (const viewer of [a, b]) viewer.session.close();
    expect(orders.at(-1)).toEqual({ op: "close", feed: byRing });
  });

  it("name the meshes of their markers, of packages only and no more than a thousand", () => {
    hub.report({ op: "meshes", uris: ["package://a/b.stl", "file:///etc/x.stl", "/x.stl"] });
    expect([...hub.meshes]).toEqual(["package://a/b.stl"]);
    hub.report({ op: "meshes", uris: Array.from({ length: 1000 }, (_, i) => `package://c/${i}.stl`) });
    expect(hub.meshes.size).toBe(1000);
    expect(hub.meshes.has("package://a/b.stl")).toBe(false);
  });

  it("give the newest message to whoever comes later, however old", () => {
    const a = new Viewer(hub);
    a.watch("/map");
    const feed = feedOf("/map");
    hub.report({ op: "feed", feed, type: "nav_msgs/msg/OccupancyGrid", publishers: 1, isLatched: true });
    message(feed, 1, 1000);
    pass(60_000, a);
    const b = new Viewer(hub);
    b.watch("/map");
    pass(20, a, b);
    expect(b.messages.map(({ number }) => number)).toEqual([1]);
  });

  it("give it in the detail of the budget: its age says nothing of the line", () => {
    const a = new Viewer(hub);
    a.watch("/map");
    const feed = feedOf("/map");
    hub.report({ op: "feed", feed, type: "nav_msgs/msg/OccupancyGrid", publishers: 1, isLatched: true });
    const map = { feed, level: 0, received: now, bytes: new Uint8Array(1000) };
    pass(60_000, a);
    hub.message(map);
    const b = new Viewer(hub);
    b.watch("/map");
    pass(2000, a, b);
    const levels = orders.flatMap((order) => (order.op === "open" ? order.levels : []));
    expect(new Set(levels)).toEqual(new Set([0]));
  });

  it("that are denied, or where there is no ROS, are refused with a reason", () => {
    const a = new Viewer(hub);
    a.watch("/secret/plans");
    expect(a.answers).toMatchObject([{ op: "error", code: "denied", topic: "/secret/plans" }]);
    const without = new TopicHub({
      now: () => now,
      rules: { allow: ["*"], deny: [] },
      order: null,
      rejected: () => undefined,
    });
    const b = new Viewer(without);
    b.watch("/scan");
    expect(b.answers).toMatchObject([{ op: "error", code: "no_ros" }]);
    expect(orders).toEqual([]);
  });

  it("whose definition is not known are refused, and can be asked for again", () => {
    const a = new Viewer(hub);
    a.watch("/odd");
    hub.report({ op: "failed", feed: feedOf("/odd"), code: "unknown_type", message: "no definition" });
    expect(a.answers).toMatchObject([{ op: "error", code: "unknown_type", topic: "/odd" }]);
    a.watch("/odd");
    expect(orders.filter(({ op }) => op === "open")).toHaveLength(2);
  });

  it("are at most 64 for a session", () => {
    const a = new Viewer(hub);
    for (let i = 0; i < 65; i += 1) a.watch(`/t${i}`);
    expect(a.answers).toMatchObject([{ op: "error", code: "too_many" }]);
  });

  it("are listed with those that are not allowed marked", () => {
    const a = new Viewer(hub);
    a.session.take({ op: "topics" });
    expect(orders).toEqual([{ op: "list" }]);
    const listing = {
      type: "std_msgs/msg/String",
      publishers: 1,
      subscribers: 0,
      hz: null,
      bytesPerSecond: null,
      qos: null,
    };
    hub.report({
      op: "list",
      topics: [
        { name: "/a", ...listing },
        { name: "/secret/b", ...listing },
      ],
    });
    expect(a.answers).toMatchObject([
      { op: "topics", topics: [{ name: "/a" }, { name: "/secret/b", refused: expect.any(String) }] },
    ]);
  });
});

describe("a viewer", () => {
  it("on a slow link gets newer pictures instead of a queue, in a detail that it can take, and never much at once", () => {
    const slow = new Viewer(hub, 500_000);
    slow.watch("/camera", { bytesPerSecond: 1e7, maxAgeMs: 1000 });
    const feed = feedOf("/camera");
    hub.report({ op: "feed", feed, type: "sensor_msgs/msg/Image", publishers: 1, isLatched: false });
    const sizes = [400_000, 60_000, 15_000, 4000];
    const sentAt = new Map<number, number>();
    const ages: number[] = [];
    for (let number = 1; number < 600; number += 1) {
      const order = orders.findLast((one) => one.op === "open");
      const level = order?.op === "open" ? (order.levels[0] as number) : 0;
      sentAt.set(number, now);
      message(feed, number, sizes[level] as number, level);
      const before = slow.messages.length;
      pass(33, slow);
      for (const { number: got, at } of slow.messages.slice(before)) ages.push(at - (sentAt.get(got) ?? 0));
    }
    const settled = ages.slice(5);
    expect(settled.length).toBeGreaterThan(50);
    expect(Math.max(...settled)).toBeLessThan(1000);
    // What a frame of the state waits behind: less than half a second at this speed.
    expect(slow.mostUnread).toBeLessThan(250_000);
  });

  it("keeps to its budget", () => {
    const a = new Viewer(hub);
    a.watch("/cloud", { bytesPerSecond: 100_000, maxAgeMs: 1000 });
    const feed = feedOf("/cloud");
    hub.report({ op: "feed", feed, type: "sensor_msgs/msg/PointCloud2", publishers: 1, isLatched: false });
    for (let number = 0; number < 200; number += 1) {
      for (const level of [0, 1, 2, 3]) message(feed, number, 20_000, level);
      pass(50, a);
    }
    const bytes = a.messages.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes / 10).toBeLessThan(115_000);
    expect(bytes / 10).toBeGreaterThan(85_000);
  });

  it("that reads nothing is sent little, and costs others nothing", () => {
    const [stuck, quick] = [new Viewer(hub, 0), new Viewer(hub)];
    for (const viewer of [stuck, quick]) viewer.watch("/camera", { bytesPerSecond: 1e9, maxAgeMs: 1000 });
    const feed = feedOf("/camera");
    hub.report({ op: "feed", feed, type: "sensor_msgs/msg/Image", publishers: 1, isLatched: false });
    for (let number = 0; number < 100; number += 1) {
      message(feed, number, 100_000);
      pass(30, quick);
    }
    expect(quick.messages).toHaveLength(100);
    expect(stuck.mostUnread).toBeLessThan(200_000);
    expect(stuck.asked).toBeGreaterThan(0);
  });

  it("gets nothing of topics once it is behind, until it has read nearly all: the state goes on first", () => {
    const viewer = new Viewer(hub, 2e6);
    viewer.watch("/camera");
    const feed = orders.find((order) => order.op === "open")?.feed ?? 0;
    hub.report({ op: "feed", feed, type: "sensor_msgs/msg/Image", publishers: 1, isLatched: false });
    const send = () => {
      hub.message({ feed, level: viewerLevel(), received: now, bytes: new Uint8Array(30_000) });
    };
    const viewerLevel = () => orders.filter((order) => order.op === "open").at(-1)?.levels[0] ?? 0;
    const pass = (times: number) => {
      for (let i = 0; i < times; i += 1) {
        now += 10;
        viewer.pass(10);
        if (i % 5 === 0) send();
      }
    };
    pass(100);
    expect(viewer.messages.length).toBeGreaterThan(5);
    // It stood for a moment: state and topics wait.
    viewer.stateBytes = 260 * 1024;
    pass(20);
    viewer.stateBytes = 100 * 1024;
    const before = viewer.messages.length;
    pass(50);
    expect(viewer.unreadBytes()).toBe(100 * 1024);
    expect(viewer.messages.length - before).toBeLessThanOrEqual(1);
    viewer.stateBytes = 0;
    pass(50);
    expect(viewer.messages.length).toBeGreaterThan(before + 3);
  });

  it("that watches several gets each in turn", () => {
    const a = new Viewer(hub, 1e6);
    for (const topic of ["/big", "/small"]) a.watch(topic, { bytesPerSecond: 1e9, maxAgeMs: 5000 });
    for (const topic of ["/big", "/small"]) {
      hub.report({ op: "feed", feed: feedOf(topic), type: "x", publishers: 1, isLatched: false });
    }
    for (let number = 0; number < 60; number += 1) {
      for (const level of [0, 1, 2, 3]) {
        message(feedOf("/big"), number, 300_000, level);
        message(feedOf("/small"), 1000 + number, 2000, level);
      }
      pass(50, a);
    }
    const small = a.messages.filter(({ number }) => number >= 1000);
    expect(small.length).toBeGreaterThan(5);
    expect(a.messages.length).toBeGreaterThan(small.length);
  });
});

it("counts what could not be read, under its topic", () => {
  hub.report({ op: "rejected", topic: "/scan", count: 3, reason: "ranges: too many" });
  expect(rejections).toEqual(["/scan 3 ranges: too many"]);
});
