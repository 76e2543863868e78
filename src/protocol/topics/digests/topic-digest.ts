import type { TopicContent } from "../topic-content.ts";

/**
 * What is kept of all messages of a topic whose newest message alone says little: lines of a log, the states of many parts. It is sent
 * as a whole, so that the newest content replaces older ones as with any topic. Times are server ms.
 */
export interface TopicDigest {
  take(message: unknown, received: number): void;
  /** `level` of detail, 0 the finest. */
  content(level: number): TopicContent;
}

/** Between two contents of a digest, ms at least. */
export const digestEveryMs = 250;

/** A text of a message, no longer than `most`. */
export function shortText(value: unknown, most: number): string {
  const text = typeof value === "string" ? value : "";
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
