import type { Engine } from "../../engine/engine.ts";
import type { Channel, ChannelTable } from "./channel-table.ts";
import type { RosChannels } from "./ros-channels.ts";

/** What those who make the twin's own topics work with. */
export type FeedContext = {
  engine: Engine;
  channels: ChannelTable;
  ros: RosChannels;
  namespaceOf(robot: string): string;
  /** Whether ROS gives a topic now. */
  isGiven(topic: string): boolean;
  isWanted(channel: Channel): boolean;
  /** `time` is server ms. */
  publish(channel: Channel, time: number, payload: Uint8Array): void;
};
