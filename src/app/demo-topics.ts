import type { Stamp } from "../core/stamp.ts";
import { stampFromMs } from "../core/stamp.ts";
import type { TopicVoice } from "../io/topics/serve-topics.ts";
import { TopicFeed } from "../io/topics/topic-feed.ts";
import type { TopicOrder } from "../io/topics/topic-orders.ts";
import type { TopicSource } from "../io/topics/topic-source.ts";
import { FrameHistory } from "../protocol/topics/frame-history.ts";
import { type EncodeJpeg, TopicEncoder } from "../protocol/topics/topic-encoder.ts";
import type { TopicListing } from "../protocol/topics/topic-requests.ts";
import { demoCamera, demoLaser, type FloorPose, mapOf, pictureOf, scanOf } from "../sim/demo-sensors.ts";

type DemoTopic = {
  name: string;
  type: string;
  frame: string | null;
  /** ms; infinite: once. */
  period: number;
  message(): Record<string, unknown>;
};

type Open = { topic: DemoTopic; feed: TopicFeed; next: number };

/** The circle that the demo's base drives: 0.22 m/s at 0.3 rad/s. */
const circleRadius = 0.22 / 0.3;
const resolution = 0.05;
const uprightPose = (x: number, y: number, yaw: number) => ({
  position: { x, y, z: 0 },
  orientation: { x: 0, y: 0, z: Math.sin(yaw / 2), w: Math.cos(yaw / 2) },
});

/** The simulated sensors of the demo's robot in a simulated room: laser, camera, map and planned path. They measure while somebody watches. */
export class DemoTopics implements TopicSource {
  private readonly frames = new FrameHistory();
  private readonly open = new Map<number, Open>();
  private pose: FloorPose = { x: 0, y: 0, yaw: 0 };
  private odometry = "odom";
  private readonly topics: readonly DemoTopic[] = [
    {
      name: "/scan",
      type: "sensor_msgs/msg/LaserScan",
      frame: "demo_laser",
      period: 100,
      message: () => this.scan(),
    },
    {
      name: "/camera/image_raw",
      type: "sensor_msgs/msg/Image",
      frame: "demo_camera",
      period: 125,
      message: () => this.picture(),
    },
    {
      name: "/map",
      type: "nav_msgs/msg/OccupancyGrid",
      frame: null,
      period: Number.POSITIVE_INFINITY,
      message: () => this.map(),
    },
    {
      name: "/plan",
      type: "nav_msgs/msg/Path",
      frame: null,
      period: Number.POSITIVE_INFINITY,
      message: () => this.path(),
    },
  ];

  constructor(
    private readonly voice: TopicVoice,
    private readonly jpeg: EncodeJpeg,
  ) {}

  take(order: TopicOrder): void {
    switch (order.op) {
      case "list":
        this.voice.report({ op: "list", topics: this.topics.map((topic) => this.listing(topic)) });
        return;
      case "ask": {
        const reason = "the demo has no ROS: its topics are simulated";
        this.voice.report({ op: "answer", id: order.id, answer: { ok: false, status: 503, reason } });
        return;
      }
      case "close":
        this.open.delete(order.feed);
        return;
      case "robot":
        this.placeRobot(order);
        return;
      case "numbers":
        // They measure for viewers only: `TopicRecords` asks for none.
        return;
      case "open": {
        const known = this.open.get(order.feed);
        if (known !== undefined) known.feed.want(order.levels);
        else this.begin(order.feed, order.topic, order.levels);
      }
    }
  }

  poll(): void {}

  /** Measures what is due. */
  step(): void {
    const now = this.voice.now();
    for (const open of this.open.values()) {
      const { topic, feed } = open;
      feed.step(now);
      if (now < open.next) continue;
      open.next = now + topic.period;
      const stamp = stampFromMs(now);
      feed.takeRead({ message: topic.message(), stamp, frame: topic.frame ?? this.odometry }, 0, now);
    }
  }

  private begin(id: number, name: string, levels: readonly number[]): void {
    const topic = this.topics.find((one) => one.name === name);
    if (topic === undefined) {
      this.voice.report({ op: "feed", feed: id, type: "", publishers: 0, isLatched: false });
      return;
    }
    const encoder = TopicEncoder.of(name, topic.type, this.jpeg);
    if (!encoder.ok) return;
    const feed = new TopicFeed(id, encoder.value, this.frames, {
      message: (message) => this.voice.send(message),
      rejected: (reason) => this.voice.report({ op: "rejected", topic: name, count: 1, reason }),
    });
    feed.want(levels);
    this.open.set(id, { topic, feed, next: 0 });
    const isLatched = !Number.isFinite(topic.period);
    this.voice.report({ op: "feed", feed: id, type: topic.type, publishers: 1, isLatched });
  }

  private placeRobot({ base, odometry, x, y, yaw }: Extract<TopicOrder, { op: "robot" }>): void {
    this.pose = { x, y, yaw };
    this.odometry = odometry;
    const stamp: Stamp = stampFromMs(this.voice.now());
    const { position: p, orientation: q } = uprightPose(x, y, yaw);
    this.frames.add(base, odometry, stamp, [p.x, p.y, p.z, q.x, q.y, q.z, q.w], false);
    this.frames.add("demo_laser", base, stamp, [demoLaser.x, 0, demoLaser.z, 0, 0, 0, 1], true);
    this.frames.add("demo_camera", base, stamp, [demoCamera.x, 0, demoCamera.z, 0, 0, 0, 1], true);
  }

  private listing({ name, type, period }: DemoTopic): TopicListing {
    const open = [...this.open.values()].find(({ topic }) => topic.name === name);
    const rates = open?.feed.rates(this.voice.now());
    return {
      ...{ name, type, publishers: 1, subscribers: 0 },
      hz: rates?.hz ?? null,
      bytesPerSecond: rates?.bytesPerSecond ?? null,
      suggested: name !== "/camera/image_raw",
      qos: { reliability: "reliable", durability: Number.isFinite(period) ? "volatile" : "transient_local" },
    };
  }

  private scan(): Record<string, unknown> {
    return {
      ...{ angle_min: -Math.PI, angle_increment: (2 * Math.PI) / demoLaser.rays },
      ...{ range_min: demoLaser.rangeMin, range_max: demoLaser.rangeMax },
      ...{ ranges: scanOf(this.pose), intensities: new Float32Array() },
    };
  }

  private picture(): Record<string, unknown> {
    const { width, height } = demoCamera;
    return {
      ...{ width, height, encoding: "rgb8", is_bigendian: 0, step: 3 * width },
      data: pictureOf(this.pose),
    };
  }

  private map(): Record<string, unknown> {
    const { width, height, x, y, cells } = mapOf(resolution);
    return { info: { resolution, width, height, origin: uprightPose(x, y, 0) }, data: cells };
  }

  private path(): Record<string, unknown> {
    const poses = Array.from({ length: 97 }, (_, i) => {
      const angle = (2 * Math.PI * i) / 96;
      const at = uprightPose(circleRadius * Math.sin(angle), circleRadius * (1 - Math.cos(angle)), angle);
      return { pose: at };
    });
    return { poses };
  }
}
