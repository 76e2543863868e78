import type { Object3D } from "three";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";

/** What draws the messages of one topic. Its root is placed by whoever owns it. */
export interface TopicLayer {
  readonly root: Object3D;
  /** Draws a message; false: it makes no sense, and what was drawn stays. */
  take(message: TopicMessage): boolean;
  dispose(): void;
}

/** Colours of layers, one for each topic in turn. */
export const layerColors = [0xe8590c, 0x1c7ed6, 0x2f9e44, 0x9c36b5, 0xe67700, 0x0c8599] as const;
