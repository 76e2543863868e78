import { type BodyRequest, pointsOf } from "../../history/history-body.ts";
import type { SampleChunk } from "../../history/history-query.ts";
import { pointsCsv, samplesCsv } from "../../history/series-csv.ts";
import { pointsText, samplesText } from "../../history/series-json.ts";
import { pointsParquet, samplesParquet } from "../recording/series-parquet.ts";
import { Breather } from "./breather.ts";
import type { StoreQueries } from "./store-queries.ts";

/** Bytes that are handed on at once. */
const pieceBytes = 256 * 1024;

type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** The body of an answer in pieces of some size. Throws a `HistoryFault` where the query is refused. */
export async function* writeBody(
  queries: StoreQueries,
  request: BodyRequest,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const breather = new Breather();
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const piece of await piecesOf(queries, request)) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : Buffer.from(piece);
    waiting.push(bytes);
    length += bytes.length;
    await breather.pause();
    if (length < pieceBytes) continue;
    yield joined(waiting, length);
    waiting = [];
    length = 0;
  }
  if (length > 0) yield joined(waiting, length);
}

/** In memory of its own, which can be handed over. */
function joined(pieces: readonly Buffer[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

async function piecesOf(queries: StoreQueries, request: BodyRequest): Promise<Pieces> {
  const { format, aggregate, selection } = request;
  const query = pointsOf(request);
  if (query !== null) {
    const all = await queries.points(query);
    if (format === "csv") return pointsCsv(all);
    return format === "parquet" ? pointsParquet(all) : pointsText(all, aggregate);
  }
  const chunks = asAsync(queries.samples(selection));
  if (format === "csv") return samplesCsv(chunks);
  return format === "parquet" ? samplesParquet(chunks) : samplesText(chunks);
}

async function* asAsync(chunks: Iterable<SampleChunk>): AsyncGenerator<SampleChunk> {
  yield* chunks;
}
