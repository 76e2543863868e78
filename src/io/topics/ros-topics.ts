import { firstLineOf } from "../../core/first-line.ts";
import { decodeTransforms } from "../../protocol/ros-decode.ts";
import { bareFrame } from "../../protocol/topics/bare-frame.ts";
import { FrameHistory } from "../../protocol/topics/frame-history.ts";
import type { RosQuestion } from "../../protocol/topics/ros-questions.ts";
import { type EncodeJpeg, TopicEncoder } from "../../protocol/topics/topic-encoder.ts";
import type { TopicErrorCode, TopicListing } from "../../protocol/topics/topic-requests.ts";
import { mayBeVideo } from "../../protocol/topics/video/video-reader.ts";
import { installedMessageText } from "../ros/installed-message-text.ts";
import {
  durability,
  type EndpointInfo,
  type RclNode,
  type Rclnodejs,
  reliability,
} from "../ros/rclnodejs-api.ts";
import { nowhere, TopicWatch } from "../ros/topic-watch.ts";
import { GridUpdates } from "./grid-updates.ts";
import { gridType, largeTypes } from "./large-types.ts";
import { NumberFeeds } from "./number-feeds.ts";
import { Rejections } from "./rejections.ts";
import { answerRos } from "./ros-answers.ts";
import { TopicFeed } from "./topic-feed.ts";
import { type FeedMessage, mostMeshes, type TopicOrder, type TopicReport } from "./topic-orders.ts";
import type { TopicSource } from "./topic-source.ts";

/** Frames of a video that are kept while the process is busy, of two seconds: each needs those before it. */
const videoDepth = 60;
/** How long the middleware takes to find who is there, ms. */
const findingMs = 1000;
const longestFindingMs = 4000;
const waitMs = 100;
/** Looks without another topic after which all are taken to be found; on a busy machine one node is found long after another. */
const steadyLooks = 3;

type Open = {
  topic: string;
  color: string | null;
  type: string;
  levels: readonly number[];
  feed: TopicFeed | null;
  watch: TopicWatch | null;
  /** Whether it is subscribed to as a video. */
  isVideo: boolean;
  /** Of a grid. */
  updates: GridUpdates | null;
  told: string;
  rejected: Rejections;
};

/** The topics of ROS that somebody watches: a subscription for each, as long as there is a viewer. Times are server ms. */
export class RosTopics implements TopicSource {
  private readonly feeds = new Map<number, Open>();
  private readonly frames = new FrameHistory();
  private tf: TopicWatch[] = [];
  /** Mesh files that were told. */
  private readonly meshes = new Set<string>();
  private readonly numbers: NumberFeeds;
  private isListAsked = false;
  private readonly startedAt: number;
  /** How many topics there were at the last look, and at how many looks before it was the same number. */
  private found = -1;
  private steadyLooks = 0;

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly node: RclNode,
    private readonly jpeg: EncodeJpeg,
    private readonly now: () => number,
    private readonly report: (report: TopicReport) => void,
    private readonly send: (message: FeedMessage) => void,
  ) {
    this.startedAt = now();
    this.numbers = new NumberFeeds(rcl, node, now, report);
  }

  take(order: TopicOrder): void {
    switch (order.op) {
      case "list":
        this.isListAsked = true;
        this.answerList();
        return;
      case "ask":
        void this.answer(order.id, order.question);
        return;
      case "numbers":
        this.numbers.open(order);
        return;
      case "close":
        this.end(order.feed);
        this.numbers.close(order.feed);
        return;
      case "robot":
        return;
      case "open": {
        const { feed, topic, levels, color = null } = order;
        const open = this.feeds.get(feed);
        if (open !== undefined) {
          open.levels = levels;
          open.feed?.want(levels);
          return;
        }
        const rejected = new Rejections();
        const begun = { type: "", feed: null, watch: null, isVideo: false, updates: null };
        this.feeds.set(feed, { topic, color, levels, ...begun, told: "", rejected });
        this.look(feed);
      }
    }
  }

  /** Looks at who publishes what is watched. Called a few times a second. */
  poll(): void {
    if (this.now() - this.startedAt < longestFindingMs) {
      const count = this.node.getTopicNamesAndTypes().length;
      this.steadyLooks = count === this.found ? this.steadyLooks + 1 : 0;
      this.found = count;
    }
    this.followTf();
    this.answerList();
    for (const feed of [...this.feeds.keys()]) this.look(feed);
    this.numbers.poll();
  }

  /** Called often: sends what waited for its transforms. */
  step(): void {
    const now = this.now();
    for (const { feed } of this.feeds.values()) feed?.step(now);
  }

  /** The transforms are listened to while anything is watched. */
  private followTf(): void {
    if (this.feeds.size > 0 && this.tf.length === 0) {
      this.tf = [this.tfWatch("/tf", false), this.tfWatch("/tf_static", true)];
    }
    if (this.feeds.size === 0) for (const watch of this.tf.splice(0)) watch.end();
    for (const watch of this.tf) watch.poll(true);
  }

  private tfWatch(topic: string, isStatic: boolean): TopicWatch {
    const decode = (bytes: Uint8Array) => {
      const read = decodeTransforms(bytes);
      if (read.ok) {
        for (const { child, parent, stamp, pose } of read.value) {
          this.frames.add(bareFrame(child), bareFrame(parent), stamp, pose, isStatic);
        }
        this.step();
      }
      return { ok: true as const, value: [] };
    };
    const watched = { topic, type: "tf2_msgs/msg/TFMessage", latched: true, decode };
    return new TopicWatch(this.rcl, this.node, watched, nowhere, this.now);
  }

  private look(id: number): void {
    const open = this.feeds.get(id);
    if (open === undefined) return;
    try {
      if (open.watch === null) this.begin(id, open);
      // A driver publishes its video as pictures: from now on each of them counts.
      if (open.feed?.isVideo === true && !open.isVideo) this.subscribe(open, true);
      open.watch?.poll(true);
      open.updates?.poll();
    } catch (error) {
      this.fail(id, "unknown_type", `${open.topic} cannot be subscribed to: ${firstLineOf(error)}`);
      return;
    }
    const infos = open.type === "" ? [] : this.publishersOf(open.topic, open.type);
    const isLatched = infos.some(({ qos_profile: q }) => q.durability === durability.transientLocal);
    const state = { type: open.type, publishers: infos.length, isLatched };
    const text = JSON.stringify(state);
    if (text !== open.told) this.report({ op: "feed", feed: id, ...state });
    open.told = text;
    for (const [, rejected] of open.rejected.take(this.now())) {
      this.report({ op: "rejected", topic: open.topic, ...rejected });
    }
  }

  /** Subscribes once somebody publishes the topic, so that its type and its quality of service are known. */
  private begin(id: number, open: Open): void {
    const [info] = this.node.getPublishersInfoByTopic(open.topic);
    if (info === undefined) return;
    const type = info.topic_type;
    const encoder = TopicEncoder.of(open.topic, type, this.jpeg, installedMessageText, open.color);
    if (!encoder.ok) {
      const remedy = "install its package and source it before the twin starts";
      this.fail(id, "unknown_type", `${open.topic}: ${encoder.reason}; ${remedy}`);
      return;
    }
    open.type = type;
    open.feed = new TopicFeed(id, encoder.value, this.frames, {
      message: (message) => this.send(message),
      rejected: (reason) => open.rejected.add(reason),
      meshes: (uris) => this.tellMeshes(uris),
    });
    open.feed.want(open.levels);
    if (type === gridType) {
      const rejected = (reason: string) => open.rejected.add(reason);
      open.updates = new GridUpdates(this.rcl, this.node, open.topic, open.feed, rejected, this.now);
    }
    this.subscribe(open, mayBeVideo(type) && !largeTypes.has(type));
  }

  private subscribe(open: Open, isVideo: boolean): void {
    const { topic, type } = open;
    open.watch?.end();
    open.isVideo = isVideo;
    const watched = {
      ...{ topic, type, latched: true, newestOnly: largeTypes.has(type) && !isVideo },
      ...(isVideo ? { depth: videoDepth } : {}),
      decode: (bytes: Uint8Array) => {
        try {
          open.feed?.take(bytes, this.now());
        } catch (error) {
          // What is thrown into native code ends the process.
          open.rejected.add(firstLineOf(error));
        }
        return { ok: true as const, value: [] };
      },
    };
    open.watch = new TopicWatch(this.rcl, this.node, watched, nowhere, this.now);
  }

  private end(id: number): void {
    const open = this.feeds.get(id);
    open?.watch?.end();
    open?.updates?.end();
    this.feeds.delete(id);
  }

  private fail(id: number, code: TopicErrorCode, message: string): void {
    this.end(id);
    this.report({ op: "failed", feed: id, code, message });
  }

  private tellMeshes(uris: readonly string[]): void {
    const added = uris.filter((uri) => !this.meshes.has(uri));
    if (added.length === 0) return;
    // They are told again then.
    if (this.meshes.size > mostMeshes) this.meshes.clear();
    for (const uri of added) this.meshes.add(uri);
    this.report({ op: "meshes", uris: added });
  }

  /** Whether what is there has been found: no topic came since the last look, or it was looked for long enough. */
  private hasFound(): boolean {
    const since = this.now() - this.startedAt;
    return since >= longestFindingMs || (since >= findingMs && this.steadyLooks >= steadyLooks);
  }

  /** Answers who asked, once there was time to find out. */
  private answerList(): void {
    if (!this.isListAsked || !this.hasFound()) return;
    this.isListAsked = false;
    this.report({ op: "list", topics: this.list() });
  }

  private async answer(id: number, question: RosQuestion): Promise<void> {
    while (!this.hasFound()) await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.report({ op: "answer", id, answer: await answerRos(this.node, question) });
  }

  private list(): TopicListing[] {
    const now = this.now();
    const watched = new Map([...this.feeds.values()].map((open) => [open.topic, open]));
    return this.node
      .getTopicNamesAndTypes()
      .filter(({ name }) => !name.includes("/_"))
      .map(({ name, types }) => {
        const infos = this.node.getPublishersInfoByTopic(name);
        const own = watched.get(name);
        const rates = own?.feed?.rates(now);
        return {
          name,
          type: infos[0]?.topic_type ?? types[0] ?? "",
          publishers: infos.length,
          subscribers: this.node.countSubscribers(name) - (own?.watch == null ? 0 : 1),
          hz: rates?.hz ?? null,
          bytesPerSecond: rates?.bytesPerSecond ?? null,
          qos: qosOf(infos[0]),
        };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private publishersOf(topic: string, type: string): EndpointInfo[] {
    return this.node.getPublishersInfoByTopic(topic).filter((info) => info.topic_type === type);
  }
}

function qosOf(info: EndpointInfo | undefined): TopicListing["qos"] {
  if (info === undefined) return null;
  const { qos_profile: q } = info;
  return {
    reliability: q.reliability === reliability.reliable ? "reliable" : "best_effort",
    durability: q.durability === durability.transientLocal ? "transient_local" : "volatile",
  };
}
