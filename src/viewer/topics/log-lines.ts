import type { LogLine } from "../../protocol/topics/digests/log-digest.ts";

/** Of these lines (the oldest first) those from a level on that have all words in name or text, the newest first. */
export function shownLines(lines: readonly LogLine[], level: number, search: string): LogLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return lines
    .filter((line) => {
      if (line.level < level) return false;
      const text = `${line.name} ${line.text}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .reverse();
}
