import type { Object3D } from "three";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import type { TopicLook } from "../topics/topic-looks.ts";

/** What draws the messages of one topic. Its root is placed by whoever owns it. */
export interface TopicLayer {
  readonly root: Object3D;
  /** From the next message on the topic is drawn like this. */
  dress(look: TopicLook): void;
  /** Draws a message; false: it makes no sense, and what was drawn stays. */
  take(message: TopicMessage): boolean;
  dispose(): void;
}

/** Colours of layers, one for each topic in turn. */
export const layerColors = ["#e8590c", "#1c7ed6", "#2f9e44", "#9c36b5", "#e67700", "#0c8599"] as const;
