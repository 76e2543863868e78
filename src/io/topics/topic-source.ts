import type { TopicOrder } from "./topic-orders.ts";

/** Where the topics of viewers come from, in the process for them. */
export interface TopicSource {
  take(order: TopicOrder): void;
  /** Called a few times a second: looks at what there is. */
  poll(): void;
  /** Called often. */
  step(): void;
}
