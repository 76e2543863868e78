import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Result, refused } from "../core/result.ts";
import { mostTopicNumbers, type TopicNumber, topicNumber } from "../protocol/topics/topic-number.ts";
import { isMissingFile } from "./is-missing-file.ts";
import { replaceFile } from "./replace-file.ts";

const stored = z.strictObject({ records: z.array(topicNumber).max(2 * mostTopicNumbers) });

/** Keeps the numbers of topics that people record in a small file, so that they are recorded after a restart. */
export class RecordsFile {
  constructor(private readonly path: string) {}

  /** Empty where there is no file. */
  read(): Result<TopicNumber[]> {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      return isMissingFile(error) ? { ok: true, value: [] } : refused(String(error), this.path);
    }
    try {
      return { ok: true, value: stored.parse(JSON.parse(text)).records };
    } catch {
      return refused("it is damaged", this.path);
    }
  }

  /** Throws the system's error when it cannot be written; then the old one is still there. */
  write(numbers: readonly TopicNumber[]): void {
    replaceFile(this.path, `${JSON.stringify({ records: numbers.map(({ record }) => record) }, null, 1)}\n`);
  }
}
