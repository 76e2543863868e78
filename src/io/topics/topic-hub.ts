import { isDeniedTopic, type TopicRules } from "../../core/topic-rules.ts";
import type { TopicErrorCode, TopicListing, TopicRequest } from "../../protocol/topics/topic-requests.ts";
import { VideoGroup } from "../../protocol/topics/video/video-group.ts";
import type { TopicSocket, ViewerTopics } from "../server/viewer-topics.ts";
import { SendTurns } from "./send-turns.ts";
import {
  type FeedMessage,
  mostMeshes,
  type NumbersReport,
  type TopicOrder,
  type TopicReport,
} from "./topic-orders.ts";
import { TopicSession } from "./topic-session.ts";
import { WatchedTopic } from "./watched-topic.ts";

/** Topics that one session watches at most. */
const mostWatched = 64;
/** Topics that all sessions watch at most. */
const mostFeeds = 256;
const longestUri = 1024;
/** How long a question for the topics waits for its answer, ms. */
const listWithin = 5000;

type Feed = {
  id: number;
  topic: string;
  /** What a cloud is coloured by; absent: as is usual. */
  color: string | undefined;
  type: string;
  publishers: number | null;
  isLatched: boolean;
  viewers: Map<TopicSession, WatchedTopic>;
  /** The newest message in each level, for those who come later. */
  newest: Map<number, FeedMessage>;
  /** Of a video, for those who come later and get every frame. */
  group: VideoGroup<FeedMessage>;
};

export type TopicHubOptions = {
  now: () => number;
  rules: TopicRules;
  /** To the process that listens; null: there is no ROS, for the reason given. */
  order: ((order: TopicOrder) => void) | null;
  /** Runs something when the event loop has had a round; default: `setImmediate`. */
  later?: ((run: () => void) => void) | undefined;
  /** Messages of a topic that could not be read. */
  rejected(topic: string, count: number, reason: string): void;
};

/** Who watches which topics: one subscription of each for all viewers, each message to all who want it in its level. */
export class TopicHub implements ViewerTopics {
  /** Mesh files that markers of watched topics name, the newest last. */
  readonly meshes = new Set<string>();
  private readonly feeds = new Map<number, Feed>();
  /** By topic and colour: a cloud that is coloured by another field is encoded for itself. */
  private readonly byKey = new Map<string, Feed>();
  private readonly asking: { session: TopicSession; at: number }[] = [];
  private nextFeed = 0;
  private nextChannel = 0;

  private readonly turns: SendTurns;

  constructor(private readonly options: TopicHubOptions) {
    this.turns = new SendTurns((reason) => options.rejected("(sending)", 1, reason), options.later);
  }

  join(socket: TopicSocket): { take(request: TopicRequest): void; close(): void } {
    const session = new TopicSession(
      socket,
      this.options.now,
      (feed) => this.feeds.get(feed)?.isLatched ?? false,
      (topic) => this.relevel(topic),
      this.turns,
    );
    return { take: (request) => this.take(session, request), close: () => this.close(session) };
  }

  private take(session: TopicSession, request: TopicRequest): void {
    const { order } = this.options;
    if (request.op === "unwatch") {
      this.leave(session, request.topic);
      session.answer({ op: "unwatched", topic: request.topic });
      return;
    }
    const topic = request.op === "watch" ? request.topic : "";
    const refuse = (code: TopicErrorCode, message: string) =>
      session.answer({ op: "error", code, topic, message });
    if (order === null) {
      refuse("no_ros", "This twin is not connected to ROS 2: it has no topics.");
    } else if (request.op === "topics") {
      this.asking.push({ session, at: this.options.now() });
      if (this.asking.length === 1 || this.isLate()) order({ op: "list" });
    } else if (this.isDenied(topic)) {
      refuse("denied", `${topic} is not among the topics that twin.yaml allows (topics.allow, topics.deny).`);
    } else if (session.watched.size >= mostWatched && !session.watched.has(topic)) {
      refuse("too_many", `A session watches at most ${mostWatched} topics: unwatch one.`);
    } else if (this.feeds.size >= mostFeeds && !this.byKey.has(keyOf(request))) {
      refuse("too_many", `At most ${mostFeeds} topics are watched at a time.`);
    } else this.watch(session, request);
  }

  private close(session: TopicSession): void {
    for (const name of [...session.watched.keys()]) this.leave(session, name);
    session.close();
  }

  /** What the process says of topics. */
  report(report: Exclude<TopicReport, NumbersReport | { op: "answer" }>): void {
    switch (report.op) {
      case "list":
        this.answerList(report.topics);
        return;
      case "feed": {
        const feed = this.feeds.get(report.feed);
        if (feed === undefined) return;
        const isNew = feed.type === "" && report.type !== "";
        const { type, publishers, isLatched } = report;
        Object.assign(feed, { type, publishers, isLatched });
        for (const [session, { channel }] of feed.viewers) {
          if (isNew) session.answer({ op: "watching", topic: feed.topic, type: feed.type, channel });
          tellPublishers(session, feed);
        }
        return;
      }
      case "failed": {
        const feed = this.feeds.get(report.feed);
        if (feed === undefined) return;
        const { code, message } = report;
        for (const session of feed.viewers.keys()) {
          session.remove(feed.topic);
          session.answer({ op: "error", code, topic: feed.topic, message });
        }
        this.drop(feed);
        return;
      }
      case "meshes":
        for (const uri of report.uris) this.takeMesh(uri);
        return;
      case "rejected":
        this.options.rejected(report.topic, report.count, report.reason);
    }
  }

  /** Of a marker on a topic only what is in a package is given away: `file://` may name anything. */
  private takeMesh(uri: string): void {
    if (!uri.startsWith("package://") || uri.length > longestUri) return;
    this.meshes.delete(uri);
    this.meshes.add(uri);
    const [oldest] = this.meshes;
    if (this.meshes.size > mostMeshes && oldest !== undefined) this.meshes.delete(oldest);
  }

  message(message: FeedMessage): void {
    const feed = this.feeds.get(message.feed);
    if (feed === undefined) return;
    const { level, video } = message;
    if (video === undefined) feed.newest.set(level, message);
    else feed.group.take(message, video);
    const now = this.options.now();
    for (const [session, watched] of feed.viewers) {
      if (video === undefined ? watched.level !== level : !watched.hasEveryFrame()) continue;
      watched.offer(message, now);
      session.pump();
    }
  }

  private isDenied(topic: string): boolean {
    return isDeniedTopic(topic, this.options.rules);
  }

  private watch(session: TopicSession, request: Extract<TopicRequest, { op: "watch" }>): void {
    const { topic, budget, color } = request;
    const now = this.options.now();
    let feed = this.byKey.get(keyOf(request));
    const known = session.watched.get(topic);
    // Another budget is no reason to begin anew: what is known of its messages stays.
    if (known !== undefined && known.feed !== feed?.id) this.leave(session, topic);
    session.remove(topic);
    feed?.viewers.delete(session);
    if (feed === undefined) {
      this.nextFeed = (this.nextFeed % 65_000) + 1;
      const none = { type: "", publishers: null, isLatched: false };
      const kept = { viewers: new Map(), newest: new Map(), group: new VideoGroup<FeedMessage>() };
      feed = { id: this.nextFeed, topic, color, ...none, ...kept };
      this.feeds.set(feed.id, feed);
      this.byKey.set(keyOf(feed), feed);
    }
    this.nextChannel = (this.nextChannel % 65_000) + 1;
    const watched = new WatchedTopic(topic, feed.id, this.nextChannel, budget, now);
    feed.viewers.set(session, watched);
    session.add(watched);
    if (feed.type !== "") {
      session.answer({ op: "watching", topic, type: feed.type, channel: watched.channel });
      tellPublishers(session, feed);
    }
    this.openFeed(feed);
    this.offerNewest(feed, session, watched);
  }

  private leave(session: TopicSession, topic: string): void {
    const watched = session.remove(topic);
    const feed = watched === null ? undefined : this.feeds.get(watched.feed);
    if (feed === undefined) return;
    feed.viewers.delete(session);
    if (feed.viewers.size > 0) {
      this.openFeed(feed);
      return;
    }
    this.drop(feed);
    this.options.order?.({ op: "close", feed: feed.id });
  }

  private drop(feed: Feed): void {
    this.feeds.delete(feed.id);
    this.byKey.delete(keyOf(feed));
  }

  private relevel(watched: WatchedTopic): void {
    const feed = this.feeds.get(watched.feed);
    if (feed === undefined) return;
    this.openFeed(feed);
    this.offerGroup(feed, watched);
  }

  /** Tells in which levels the topic is wanted now. */
  private openFeed(feed: Feed): void {
    const levels = [...new Set([...feed.viewers.values()].map(({ level }) => level))].sort();
    for (const level of feed.newest.keys()) if (!levels.includes(level)) feed.newest.delete(level);
    const { id, topic, color } = feed;
    this.options.order?.({ op: "open", feed: id, topic, levels, ...(color === undefined ? {} : { color }) });
  }

  private offerNewest(feed: Feed, session: TopicSession, watched: WatchedTopic): void {
    const newest = feed.newest.get(watched.level);
    if (newest !== undefined) watched.offer(newest, this.options.now());
    this.offerGroup(feed, watched);
    session.pump();
  }

  /** Of a video the frames since the last key frame, to who gets every frame from now on. */
  private offerGroup({ group }: Feed, watched: WatchedTopic): void {
    if (!watched.takesGroup()) return;
    for (const frame of group.frames) watched.offer(frame, this.options.now());
  }

  private isLate(): boolean {
    return this.options.now() - (this.asking[0]?.at ?? 0) > listWithin;
  }

  private answerList(topics: readonly TopicListing[]): void {
    const told = topics.map((topic) =>
      this.isDenied(topic.name)
        ? { ...topic, refused: "not allowed by twin.yaml (topics.allow, topics.deny)" }
        : topic,
    );
    for (const { session } of this.asking.splice(0)) session.answer({ op: "topics", topics: told });
  }
}

function keyOf({ topic, color }: { topic: string; color?: string | undefined }): string {
  return color === undefined ? topic : `${topic} ${color}`;
}

function tellPublishers(session: TopicSession, { topic, publishers, isLatched }: Feed): void {
  session.answer({ op: "topic", topic, publishers: publishers ?? 0, latched: isLatched });
}
