import { readSamplesCsv } from "../../history/csv-samples.ts";
import type {
  EventsQuery,
  History,
  HistoryEvent,
  SampleChunk,
  SeriesSelection,
} from "../../history/history-query.ts";

/** No twin answers at the address. */
export class NoTwin extends Error {}

/** The history of a running twin, over its HTTP. */
export class HttpHistory implements Pick<History, "samples" | "events"> {
  /** `base` ends in a slash; `token` opens it. */
  constructor(
    private readonly base: URL,
    private readonly token: string | null,
  ) {}

  async *samples(query: SeriesSelection): AsyncGenerator<SampleChunk> {
    const answer = await this.file(query, "csv");
    if (answer.body === null) return;
    yield* readSamplesCsv(
      answer.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>,
    );
  }

  async events({ from, to, kind, limit }: EventsQuery): Promise<HistoryEvent[]> {
    const parameters = { from: String(from), to: String(to), kind, limit: String(limit) };
    const { events } = (await (await this.get("api/events", parameters)).json()) as {
      events: HistoryEvent[];
    };
    return events.filter(({ time }) => time >= from && time < to);
  }

  /** Rejects with a `NoTwin` where there is none, and with its words where it has no history. */
  async reach(): Promise<void> {
    const { state, reason } = (await (await this.get("api/history/status", {})).json()) as {
      state: string;
      reason: string;
    };
    if (state === "off" || state === "failed") throw new Error(`the twin has no history: ${reason}`);
  }

  /** The answer with samples as a whole file. Rejects with what the twin says. */
  file({ patterns, facet, from, to, clock }: SeriesSelection, format: "csv" | "parquet"): Promise<Response> {
    return this.get("api/history", {
      series: patterns.join(","),
      ...{ facet, clock, format },
      from: String(from),
      to: String(to),
    });
  }

  private async get(path: string, parameters: Record<string, string>): Promise<Response> {
    const url = new URL(path, this.base);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const headers = this.token === null ? {} : { authorization: `Bearer ${this.token}` };
    const answer = await fetch(url, { headers }).catch((error: unknown) => {
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new NoTwin(`no twin answers at ${this.base.host} (${cause}); start it, or name it with --url`);
    });
    if (answer.ok) return answer;
    const text = await answer.text();
    let reason = text.slice(0, 300);
    try {
      reason = (JSON.parse(text) as { error?: string }).error ?? reason;
    } catch {
      // It is no JSON: as it is.
    }
    throw new Error(`the twin at ${this.base.host} refuses: ${reason} (${answer.status})`);
  }
}
