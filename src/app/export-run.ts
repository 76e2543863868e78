import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { History, SeriesSelection } from "../history/history-query.ts";
import { samplesCsv } from "../history/series-csv.ts";
import { packageVersion } from "../io/package-root.ts";
import { openCompressor } from "../io/recording/compression.ts";
import { McapExport } from "../io/recording/export-mcap.ts";
import { Recording } from "../io/recording/recording.ts";
import { samplesParquet } from "../io/recording/series-parquet.ts";

export type ExportFormat = "mcap" | "parquet" | "csv";
export type ExportProgress = { samples: number; bytes: number };

/**
 * Cuts a range out of a history into a file. Memory is bounded: a window of the range, or a row group, at a time. Resolves to
 * what was written.
 */
export async function exportHistory(
  history: Pick<History, "samples" | "events">,
  query: SeriesSelection,
  out: string,
  format: ExportFormat,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportProgress> {
  const done: ExportProgress = { samples: 0, bytes: 0 };
  if (format === "mcap") {
    const recording = new Recording({
      path: out,
      library: `twinbridge ${packageVersion}`,
      compressor: await openCompressor("zstd"),
      maxBytes: 0,
      maxSeconds: 0,
    });
    try {
      done.samples = await new McapExport(history, recording).run(query, (_, samples) => {
        onProgress({ samples, bytes: recording.progress().bytes });
      });
    } catch (error) {
      recording.abandon();
      throw error;
    }
    done.bytes = recording.close().bytes;
    return done;
  }
  const counted = async function* () {
    for await (const chunk of history.samples(query)) {
      done.samples += chunk.time.length;
      yield chunk;
    }
  };
  const pieces = format === "csv" ? samplesCsv(counted()) : samplesParquet(counted());
  const measured = async function* () {
    for await (const piece of pieces) {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      done.bytes += bytes.length;
      onProgress(done);
      yield bytes;
    }
  };
  await pipeline(Readable.from(measured()), createWriteStream(out));
  return done;
}
