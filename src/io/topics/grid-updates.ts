import { firstLineOf } from "../../core/first-line.ts";
import { gridUpdateType, updatedGrid, updatesTopic } from "../../protocol/topics/grid-update.ts";
import { TopicReader } from "../../protocol/topics/topic-reader.ts";
import { installedMessageText } from "../ros/installed-message-text.ts";
import type { RclNode, Rclnodejs } from "../ros/rclnodejs-api.ts";
import { nowhere, TopicWatch } from "../ros/topic-watch.ts";
import type { TopicFeed } from "./topic-feed.ts";

/** Follows the updates of one grid, as costmaps are published: each changes the newest grid. Nothing is done until somebody publishes them. */
export class GridUpdates {
  private watch: TopicWatch | null = null;
  private readonly topic: string;
  /** Their type is not installed here. */
  private isGivenUp = false;

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly node: RclNode,
    grid: string,
    private readonly feed: TopicFeed,
    /** An update cannot be used. */
    private readonly rejected: (reason: string) => void,
    private readonly now: () => number,
  ) {
    this.topic = updatesTopic(grid);
  }

  /** Called a few times a second. */
  poll(): void {
    if (this.isGivenUp) return;
    try {
      this.watch ??= this.begin();
      this.watch?.poll(true);
    } catch (error) {
      // The grid itself is shown all the same.
      this.isGivenUp = true;
      this.rejected(`${this.topic} cannot be subscribed to: ${firstLineOf(error)}; install map_msgs`);
    }
  }

  end(): void {
    this.watch?.end();
  }

  private begin(): TopicWatch | null {
    const infos = this.node.getPublishersInfoByTopic(this.topic);
    if (!infos.some((info) => info.topic_type === gridUpdateType)) return null;
    const reader = TopicReader.of(gridUpdateType, installedMessageText);
    const decode = (bytes: Uint8Array) => {
      try {
        this.take(reader, bytes);
      } catch (error) {
        // What is thrown into native code ends the process.
        this.rejected(firstLineOf(error));
      }
      return { ok: true as const, value: [] };
    };
    const watched = { topic: this.topic, type: gridUpdateType, latched: true, decode };
    return new TopicWatch(this.rcl, this.node, watched, nowhere, this.now);
  }

  private take(reader: ReturnType<typeof TopicReader.of>, bytes: Uint8Array): void {
    const read = reader.ok ? reader.value.read(bytes) : reader;
    if (!read.ok) {
      this.rejected(`${this.topic}: ${read.reason}`);
      return;
    }
    this.feed.amend(bytes.byteLength, this.now(), (grid) => {
      const updated = updatedGrid(grid, read.value);
      return updated.ok ? updated : { ...updated, path: `${this.topic}: ${updated.path}` };
    });
  }
}
