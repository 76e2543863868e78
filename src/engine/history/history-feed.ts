import { facets } from "../../core/quality.ts";
import type { HistoryBatch, HistoryRecord } from "../../history/history-batch.ts";
import type { HistoryEvent, SampleKind } from "../../history/history-query.ts";
import { type RecordHead, RecordWriter } from "../../history/sample-record.ts";
import type { TwinGraph } from "../../twin/graph.ts";
import type { JournalRow } from "../../twin/journal.ts";
import type { Property } from "../../twin/property.ts";
import type { SampleFeed } from "../sample-feed.ts";
import { DefinitionFeed } from "./definition-feed.ts";
import { type KeepRule, SampleThinning } from "./sample-thinning.ts";

const bufferBytes = 128 * 1024;
const spareBuffers = 64;
/** How long a sample waits before it is handed over. ms */
const postEveryMs = 100;
const markEveryMs = 1000;
const maxTextLength = 64 * 1024;
/** Words (sources, reasons) that one run may have, and their length: reasons may have numbers in them. */
const maxWords = 20_000;
const maxWordLength = 256;
const otherWord = "(another)";

/** The number of each facet of a property, for as long as its unit and kind stay as they are. */
type Known = { ids: number[]; unit: string; kind: Property["kind"] };

export type HistoryFeedOptions = {
  graph: TwinGraph;
  samples: SampleFeed;
  rules: readonly KeepRule[];
  post(batch: HistoryBatch): void;
};

/**
 * Packs every sample of the graph, and whatever else is worth keeping, into batches. It runs on the cycle's thread: a
 * sample is copied into a buffer, and nothing else happens to it here.
 */
export class HistoryFeed {
  /** Samples left out by a rule. */
  thinned = 0;
  private readonly writer = new RecordWriter(new ArrayBuffer(bufferBytes));
  private buffer: ArrayBuffer;
  private readonly spare: ArrayBuffer[] = [];
  private records: HistoryRecord[] = [];
  private texts: string[] = [];
  private nextPost = 0;
  private nextMark = 0;
  private known = new WeakMap<Property, Known>();
  private readonly words = new Map<string, number>();
  private count = 0;
  private readonly definitions: DefinitionFeed;
  private readonly thinning: SampleThinning;
  private readonly head: RecordHead = {
    property: 0,
    quality: "good",
    kind: "taken",
    source: 0,
    reason: 0,
    received: 0,
    hasStamp: false,
    stampSec: 0,
    stampNanosec: 0,
    variance: Number.NaN,
  };
  private readonly end: () => void;

  constructor(private readonly options: HistoryFeedOptions) {
    this.buffer = new ArrayBuffer(bufferBytes);
    this.writer.reset(this.buffer);
    this.definitions = new DefinitionFeed(options.graph);
    this.thinning = new SampleThinning(options.rules);
    this.end = options.samples.listen((row, now) => this.take(row, now));
  }

  /** Keeps an event. */
  event(event: HistoryEvent): void {
    this.records.push({ kind: "event", event });
  }

  /** Keeps a robot's description; one with a hash that is stored already costs nothing. */
  description(time: number, robot: string, hash: string, text: string): void {
    this.records.push({ kind: "description", time, robot, hash, text });
  }

  /** After each cycle at server ms `now`: what is due is handed over. */
  step(now: number): void {
    this.definitions.step(now, this.records);
    if (now >= this.nextMark) {
      this.nextMark = now + markEveryMs;
      this.records.push({ kind: "mark", time: now, revision: this.options.graph.revision });
    }
    if (now < this.nextPost) return;
    this.nextPost = now + postEveryMs;
    this.post();
  }

  /** Hands over what is there, at the program's end. */
  finish(now: number): void {
    // What was read since the last cycle.
    this.options.samples.drain(now);
    this.end();
    this.definitions.finish(now, this.records);
    this.records.push({ kind: "mark", time: now, revision: this.options.graph.revision });
    this.post();
  }

  /** Takes a buffer back. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength === bufferBytes && this.spare.length < spareBuffers) this.spare.push(buffer);
  }

  private post(): void {
    const { writer } = this;
    if (writer.count === 0 && this.records.length === 0) return;
    const batch = {
      records: this.records,
      texts: this.texts,
      buffer: this.buffer,
      bytes: writer.used * 8,
      samples: writer.count,
    };
    this.records = [];
    this.texts = [];
    this.buffer = this.spare.pop() ?? new ArrayBuffer(bufferBytes);
    writer.reset(this.buffer);
    this.options.post(batch);
  }

  private take(row: JournalRow, now: number): void {
    const { property } = row;
    const id = this.idOf(property, facets.indexOf(row.facet));
    const kind: SampleKind = row.change === "sample" ? row.verdict : row.change;
    if (!this.thinning.keeps(id, row)) {
      this.thinned++;
      return;
    }
    const { head, writer } = this;
    head.property = id;
    head.kind = kind;
    head.quality = row.quality;
    head.source = row.source < 0 ? 0 : this.word(this.options.graph.sources[row.source]?.name ?? "");
    head.reason = this.word(row.reason);
    head.received = row.change === "sample" ? row.received : now;
    // A stamp before 1970 or after 2106 is none that a record can hold.
    head.hasStamp = row.hasStamp && row.stampSec >= 0 && row.stampSec <= 0xffff_ffff;
    head.stampSec = head.hasStamp ? row.stampSec : 0;
    head.stampNanosec = head.hasStamp ? row.stampNanosec : 0;
    head.variance = row.variance;
    if (!writer.fits(row.width === 0 ? 1 : row.width)) this.post();
    if (row.change !== "sample") writer.text(head, -1);
    else if (row.width > 0 && row.property.kind !== "number") writer.numbers(head, row.numbers, row.width);
    else if (property.kind === "number" && !Number.isNaN(row.number)) writer.number(head, row.number);
    else writer.text(head, this.text(row));
  }

  /** Puts a value that is no number into the batch; −1 where it has no JSON. */
  private text(row: JournalRow): number {
    const value = row.other ?? (Number.isNaN(row.number) ? undefined : row.number);
    const text = value === undefined ? undefined : JSON.stringify(value);
    if (text === undefined || text.length > maxTextLength) return -1;
    return this.texts.push(text) - 1;
  }

  private idOf(property: Property, facet: number): number {
    let known = this.known.get(property);
    if (known === undefined || known.unit !== property.unit || known.kind !== property.kind) {
      known = { ids: [], unit: property.unit, kind: property.kind };
      this.known.set(property, known);
    }
    const id = known.ids[facet];
    if (id !== undefined) return id;
    const given = ++this.count;
    for (let i = known.ids.length; i <= facet; i++) known.ids.push(undefined as never);
    known.ids[facet] = given;
    const { thing, path, kind, unit } = property;
    const name = facets[facet] as (typeof facets)[number];
    this.thinning.learn(given, `${thing}/${path}`);
    this.records.push({ kind: "series", id: given, thing, path, facet: name, valueKind: kind, unit });
    return given;
  }

  private word(given: string): number {
    if (given === "") return 0;
    const known = this.words.get(given);
    if (known !== undefined) return known;
    if (given.length > maxWordLength) return this.word(`${given.slice(0, maxWordLength - 1)}…`);
    if (this.words.size >= maxWords && given !== otherWord) return this.word(otherWord);
    const text = given;
    const id = this.words.size + 1;
    this.words.set(text, id);
    this.records.push({ kind: "word", id, text });
    return id;
  }
}
