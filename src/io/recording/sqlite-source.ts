import { existsSync } from "node:fs";
import type { Database } from "../history/sqlite.ts";
import { openDatabase } from "../history/sqlite.ts";
import { type BagChannel, BagFault, type BagMessage, type BagSource, reasonOf } from "./bag-source.ts";
import { decompressWhole } from "./compression.ts";

/** Rows that are read at once: a row may be an image. */
const rowsAtOnce = 32;
const damaged = "Rebuild it with `ros2 bag convert`, or get another copy";

type TopicRow = { id: number; name: string; type: string; format: string; qos?: string };
type MessageRow = { id: number; topic: number; time: string; data: unknown };

/** Opens a bag of SQLite (`.db3`). `isCompressed`: each message is of zstd. Rejects with a `BagFault`. */
export async function openSqliteBag(path: string, isCompressed = false): Promise<BagSource> {
  if (!existsSync(path)) throw new BagFault(path, "no such file", "Check the path");
  let database: Database | null = null;
  try {
    database = openDatabase(path, { readonly: true });
    return new SqliteBag(path, database, isCompressed ? await decompressWhole() : null);
  } catch (error) {
    database?.close();
    if (error instanceof BagFault) throw error;
    const reason = reasonOf(error);
    if (/not a database/i.test(reason)) throw new BagFault(path, "this is no SQLite file", damaged);
    if (/no such table|no such column/i.test(reason)) {
      throw new BagFault(path, `this SQLite file is no bag of ROS 2 (${reason})`, "Give the .db3 of a bag");
    }
    throw new BagFault(path, reason, damaged);
  }
}

class SqliteBag implements BagSource {
  readonly channels: readonly BagChannel[];
  readonly start: bigint;
  readonly end: bigint;
  readonly notes: readonly string[] = [];

  constructor(
    private readonly path: string,
    private readonly database: Database,
    private readonly decompress: ((bytes: Uint8Array) => Uint8Array) | null,
  ) {
    const all = <T>(sql: string): T[] => database.prepare(sql).all() as T[];
    const counts = new Map(
      all<{ topic: number; count: number }>(
        "SELECT topic_id AS topic, COUNT(*) AS count FROM messages GROUP BY topic_id",
      ).map(({ topic, count }) => [topic, count]),
    );
    const hasQos = all<{ name: string }>("SELECT name FROM pragma_table_info('topics')").some(
      ({ name }) => name === "offered_qos_profiles",
    );
    const qos = hasQos ? ", offered_qos_profiles AS qos" : "";
    const topics = all<TopicRow>(
      `SELECT id, name, type, serialization_format AS format${qos} FROM topics ORDER BY id`,
    );
    this.channels = topics.map(({ id, name, type, format, qos: text }) => ({
      id,
      topic: String(name),
      type: String(type),
      messageEncoding: String(format),
      metadata: text === undefined ? {} : { offered_qos_profiles: String(text) },
      count: counts.get(id) ?? 0,
    }));
    const [range] = all<{ start: string | null; end: string | null }>(
      "SELECT CAST(MIN(timestamp) AS TEXT) AS start, CAST(MAX(timestamp) AS TEXT) AS end FROM messages",
    );
    this.start = wholeOf(range?.start);
    this.end = wholeOf(range?.end);
  }

  async *messages(): AsyncGenerator<BagMessage> {
    const known = new Set(this.channels.map(({ id }) => id));
    const next = this.database.prepare(
      "SELECT id, topic_id AS topic, CAST(timestamp AS TEXT) AS time, data FROM messages " +
        "WHERE (timestamp, id) > (CAST(? AS INTEGER), ?) ORDER BY timestamp, id LIMIT ?",
    );
    let [time, id] = ["-9223372036854775808", -1];
    for (;;) {
      let rows: MessageRow[];
      try {
        rows = next.all(time, id, rowsAtOnce) as MessageRow[];
      } catch (error) {
        throw new BagFault(this.path, reasonOf(error), damaged);
      }
      for (const row of rows) {
        const at = wholeOf(row.time);
        if (known.has(row.topic))
          yield { channel: row.topic, logTime: at, publishTime: at, data: this.dataOf(row) };
      }
      const last = rows.at(-1);
      if (last === undefined) return;
      [time, id] = [last.time, last.id];
    }
  }

  async close(): Promise<void> {
    this.database.close();
  }

  private dataOf({ id, data }: MessageRow): Uint8Array {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
    if (!(bytes instanceof Uint8Array)) {
      throw new BagFault(this.path, `message ${id} has no bytes`, damaged);
    }
    if (this.decompress === null) return bytes;
    try {
      return this.decompress(bytes);
    } catch (error) {
      throw new BagFault(this.path, `message ${id}: ${reasonOf(error)}`, damaged);
    }
  }
}

function wholeOf(text: string | null | undefined): bigint {
  if (typeof text !== "string" || !/^-?\d+$/.test(text)) return 0n;
  const time = BigInt(text);
  return time < 0n ? 0n : time;
}
