import { z } from "zod";

/** A topic's absolute name. */
const topicName = z
  .string()
  .max(256)
  .regex(/^(\/[A-Za-z_][A-Za-z0-9_]*)+$/, "the absolute name of a topic, as /scan");

/** What a session bears of one topic. */
export type TopicBudget = { bytesPerSecond: number; maxAgeMs: number };

const budget = z.strictObject({
  bytesPerSecond: z.number().min(1000).max(1e9).default(4e6),
  /** What is older when its turn comes is left out, ms. */
  maxAgeMs: z.number().min(50).max(600_000).default(1000),
});

/** What `/ws/state` takes about topics of ROS. */
export const topicRequests = [
  /** The topics of the ROS graph. */
  z.strictObject({ op: z.literal("topics") }),
  z.strictObject({
    op: z.literal("watch"),
    topic: topicName,
    budget: budget.prefault({}),
    /** The field of a cloud that its points get their colours by; absent: `rgb` where it is there, else an intensity, else z. */
    color: z.string().min(1).max(64).optional(),
  }),
  z.strictObject({ op: z.literal("unwatch"), topic: topicName }),
] as const;
export type TopicRequest = z.infer<(typeof topicRequests)[number]>;

/** A topic of the ROS graph. */
export type TopicListing = {
  name: string;
  type: string;
  publishers: number;
  subscribers: number;
  /** Of the last seconds; null: nobody watches it, so it is not known. */
  hz: number | null;
  bytesPerSecond: number | null;
  /** Of the first publisher. */
  qos: { reliability: "reliable" | "best_effort"; durability: "volatile" | "transient_local" } | null;
  /** A page that was told nothing else shows it. */
  suggested?: boolean;
  /** Why it cannot be watched, with a remedy; absent: it can. */
  refused?: string;
};

export type TopicErrorCode = "no_ros" | "no_topic" | "denied" | "unknown_type" | "too_many";

/** What `/ws/state` says about topics; a topic's messages are binary frames (`topic-frame.ts`). */
export type TopicAnswer =
  | { op: "topics"; topics: readonly TopicListing[] }
  | { op: "watching"; topic: string; type: string; channel: number }
  | { op: "unwatched"; topic: string }
  /** Who publishes it now; `latched`: its last message waits for those who come later, so no newer one need come. */
  | { op: "topic"; topic: string; publishers: number; latched: boolean }
  | { op: "error"; code: TopicErrorCode; topic: string; message: string };
