import { readStampMs } from "../read-stamp.ts";
import type { TopicContent } from "../topic-content.ts";
import { shortText, type TopicDigest } from "./topic-digest.ts";

/** rcl_interfaces/msg/Log. */
type LogMessage = {
  stamp: unknown;
  level: number;
  name: string;
  msg: string;
  file: string;
  function: string;
  line: number;
};

/** One line: `number` counts all that came. `level` as rcl_interfaces has it: 10 debug, 20 info, 30 warn, 40 error, 50 fatal. */
export type LogLine = {
  number: number;
  /** The sender's time, ms since 1970. */
  at: number;
  level: number;
  name: string;
  text: string;
  /** `file:line, function`; empty where it is not told. */
  from: string;
};

const kept = 1000;
const longestText = 2000;
const longestName = 256;
/** Lines by level of detail. */
const sent = [600, 300, 150, 60];
/** Warnings, errors and worse. */
const seriousFrom = 30;

/** The last lines of a log, as of /rosout: the warnings and worse among them are kept longer. */
export class LogDigest implements TopicDigest {
  private lines: LogLine[] = [];
  private count = 0;

  take(message: unknown): void {
    const { stamp, level, name, msg, file, function: inside, line } = message as LogMessage;
    const from = file === "" ? "" : `${shortText(file, longestName)}:${line}`;
    this.count += 1;
    this.lines.push({
      number: this.count,
      at: readStampMs(stamp),
      level,
      name: shortText(name, longestName),
      text: shortText(msg, longestText),
      from: from !== "" && inside !== "" ? `${from}, ${shortText(inside, longestName)}` : from,
    });
    if (this.lines.length > 2 * kept) this.trim();
  }

  /** meta.lines, the oldest first: the last ones, and before them warnings and worse; meta.count: all that came. */
  content(level: number): TopicContent {
    const most = sent[level] ?? kept;
    const newest = this.lines.slice(-most);
    // A flood does not take away what went wrong before it.
    const serious = this.lines.slice(0, -most).filter(({ level: one }) => one >= seriousFrom);
    const lines = [...serious.slice(-most / 3), ...newest];
    const left = this.count - lines.length;
    return {
      format: "log",
      meta: { lines, count: this.count },
      arrays: {},
      reduced:
        left === 0 ? null : `${lines.length} of ${this.count} lines: the last, and older warnings and errors`,
    };
  }

  private trim(): void {
    const serious = this.lines.slice(0, -kept).filter(({ level }) => level >= seriousFrom);
    this.lines = [...serious.slice(-kept / 4), ...this.lines.slice(-kept)];
  }
}
