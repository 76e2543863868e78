import { z } from "zod";
import type { Result } from "../core/result.ts";
import { mostTopicNumbers, type TopicNumber, topicNumber } from "../protocol/topics/topic-number.ts";
import { readKept } from "./kept-json.ts";
import { replaceFile } from "./replace-file.ts";

const stored = z.strictObject({ records: z.array(topicNumber).max(2 * mostTopicNumbers) });

/** Keeps the numbers of topics that people record in a small file, so that they are recorded after a restart. */
export class RecordsFile {
  constructor(private readonly path: string) {}

  /** Empty where there is no file; refused as by `readKept`. */
  read(): Result<TopicNumber[]> {
    const read = readKept(this.path, (value) => stored.parse(value).records);
    return read.ok ? { ok: true, value: read.value ?? [] } : read;
  }

  /** Throws the system's error when it cannot be written; then the old one is still there. */
  write(numbers: readonly TopicNumber[]): void {
    replaceFile(this.path, `${JSON.stringify({ records: numbers.map(({ record }) => record) }, null, 1)}\n`);
  }
}
