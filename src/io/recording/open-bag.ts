import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import {
  type BagChannel,
  BagFault,
  type BagMessage,
  type BagSource,
  reasonOf,
  spanOf,
} from "./bag-source.ts";
import { openMcap } from "./mcap-source.ts";
import { openSqliteBag } from "./sqlite-source.ts";

const metadataSchema = z.object({
  rosbag2_bagfile_information: z.object({
    storage_identifier: z.string(),
    relative_file_paths: z.array(z.string()).min(1).max(100_000),
    compression_format: z.string().optional().default(""),
    compression_mode: z.string().optional().default(""),
  }),
});

/**
 * Opens a bag: an `.mcap`, a `.db3`, the folder of a bag, or its `metadata.yaml`. Rejects with a `BagFault`, which names the
 * file and what to do.
 */
export async function openBag(path: string): Promise<BagSource> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new BagFault(path, "no such file or folder", "Check the path");
  if (stat.isDirectory()) return openFolder(path);
  if (basename(path) === "metadata.yaml") return openFolder(join(path, ".."));
  if (/\.zstd$/.test(path))
    throw new BagFault(path, "the file is compressed as a whole", "Unpack it with `zstd -d`");
  return /\.db3$/.test(path) ? openSqliteBag(path) : openMcap(path);
}

async function openFolder(folder: string): Promise<BagSource> {
  const file = join(folder, "metadata.yaml");
  if (!existsSync(file)) {
    throw new BagFault(
      folder,
      "the folder has no metadata.yaml",
      "Give the .mcap or .db3 in it, or run `ros2 bag reindex`",
    );
  }
  let information: z.infer<typeof metadataSchema>["rosbag2_bagfile_information"];
  try {
    information = metadataSchema.parse(parse(readFileSync(file, "utf8"))).rosbag2_bagfile_information;
  } catch (error) {
    throw new BagFault(
      file,
      `this is no description of a bag (${reasonOf(error)})`,
      "Run `ros2 bag reindex`",
    );
  }
  const { storage_identifier: storage, relative_file_paths: names, compression_mode: mode } = information;
  const isCompressed = /message/i.test(mode) && information.compression_format !== "";
  if (isCompressed && information.compression_format !== "zstd") {
    throw new BagFault(
      file,
      `messages are compressed by ${information.compression_format}`,
      "Convert it to MCAP",
    );
  }
  const opened: BagSource[] = [];
  try {
    for (const name of names) {
      // A name of the folder itself, not a way out of it.
      const path = join(folder, basename(name));
      if (/\.zstd$/.test(path) && /file/i.test(mode)) {
        throw new BagFault(path, "the file is compressed as a whole", "Unpack it with `zstd -d`");
      }
      opened.push(storage === "sqlite3" ? await openSqliteBag(path, isCompressed) : await openMcap(path));
    }
  } catch (error) {
    for (const one of opened) await one.close();
    throw error;
  }
  return opened.length === 1 ? (opened[0] as BagSource) : new JoinedBag(opened);
}

/** The files of one bag, one after the other. */
class JoinedBag implements BagSource {
  readonly channels: BagChannel[] = [];
  readonly start: bigint;
  readonly end: bigint;
  readonly notes: readonly string[];
  /** The number here of each file's channels. */
  private readonly ids: ReadonlyMap<number, number>[];

  constructor(private readonly files: readonly BagSource[]) {
    const known = new Map<string, BagChannel>();
    this.ids = files.map(({ channels }) => {
      const own = new Map<number, number>();
      for (const channel of channels) {
        const key = `${channel.topic}\n${channel.type}\n${channel.messageEncoding}`;
        let joined = known.get(key);
        if (joined === undefined) {
          joined = { ...channel, id: known.size + 1, count: 0 };
          known.set(key, joined);
          this.channels.push(joined);
        }
        joined.count += channel.count;
        own.set(channel.id, joined.id);
      }
      return own;
    });
    const { start, end } = spanOf(files.filter((file) => file.end > 0n));
    this.start = start;
    this.end = end;
    this.notes = files.flatMap(({ notes }) => notes);
  }

  async *messages(): AsyncGenerator<BagMessage> {
    for (const [i, file] of this.files.entries()) {
      for await (const message of file.messages()) {
        const channel = this.ids[i]?.get(message.channel);
        if (channel !== undefined) yield { ...message, channel };
      }
    }
  }

  async close(): Promise<void> {
    for (const file of this.files) await file.close();
  }
}
