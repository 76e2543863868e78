import { isDeniedTopic, type TopicRules } from "../core/topic-rules.ts";
import type { Input } from "../engine/ports/inputs.ts";
import type { RecordsFile } from "../io/records-file.ts";
import type { RecordRefusal, RecordsAtHand } from "../io/server/record-routes.ts";
import type { NumbersReport, TopicOrder } from "../io/topics/topic-orders.ts";
import type { RecordListing, RecordsAnswer } from "../protocol/topics/record-answer.ts";
import { mostTopicNumbers, type TopicNumber, topicNumberPath } from "../protocol/topics/topic-number.ts";

/** The feeds of numbers have numbers of their own, above those of viewers. */
const firstFeed = 100_000;

/** What recording numbers of topics needs of the program around it. */
export type TopicRecordsContext = {
  /** Of twin.yaml: no request ends them. */
  configured: readonly TopicNumber[];
  file: RecordsFile;
  rules: TopicRules;
  /** To the process that listens to topics; null: there is no ROS. */
  order: ((order: TopicOrder) => void) | null;
  /** An input of the engine that arrived at server ms `received`; null: now. */
  push(source: string, received: number | null, input: Input): void;
  warn(line: string): void;
};

type Listening = { feed: number; topic: string };

/** The numbers of topics that are recorded: those of twin.yaml and those that people added, which outlive a restart. */
export class TopicRecords implements RecordsAtHand {
  private own: readonly TopicNumber[] = [];
  /** Of the file, and not recorded: they stay there. */
  private resting: readonly TopicNumber[] = [];
  /** Why the file cannot be read; null: it can. */
  private unreadable: string | null = null;
  private readonly listening = new Map<string, Listening>();
  private readonly byFeed = new Map<number, Listening>();
  /** What became of each record last; absent: nothing came yet. */
  private readonly state = new Map<string, { reason: string | null }>();
  private count = firstFeed;

  constructor(private readonly context: TopicRecordsContext) {}

  /** Begins with what was recorded before. */
  start(): void {
    const { file, rules, warn, order, configured } = this.context;
    const kept = file.read();
    if (!kept.ok) {
      this.unreadable = `the records that people added cannot be read (${kept.path}: ${kept.reason}): mend or remove that file, and start again`;
      warn(`topics: ${this.unreadable}`);
    } else {
      const denied = kept.value.filter(({ topic }) => isDeniedTopic(topic, rules));
      for (const { record } of denied) warn(`topics: ${record} is not recorded: ${deniedText}`);
      const allowed = kept.value.filter((one) => !denied.includes(one) && !this.isConfigured(one));
      this.own = allowed.slice(0, Math.max(0, mostTopicNumbers - configured.length));
      const left = allowed.length - this.own.length;
      if (left > 0) warn(`topics: ${left} numbers are not recorded: ${mostTopicNumbers} are the most`);
      this.resting = kept.value.filter((one) => !this.own.includes(one));
    }
    if (order === null && configured.length > 0) warn(`topics.record: nothing is recorded: ${noRos}`);
    this.publish(this.own);
  }

  list(): RecordsAnswer {
    const configured = this.context.configured.map((one) => this.listing(one, "config"));
    const records = [...configured, ...this.own.map((one) => this.listing(one, "api"))];
    return this.context.order === null ? { records, refused: noRos } : { records };
  }

  add(number: TopicNumber, by: string): RecordRefusal | null {
    const { order, rules, configured } = this.context;
    if (order === null) return { status: 503, error: noRos };
    if (isDeniedTopic(number.topic, rules)) return { status: 403, error: `${number.topic}: ${deniedText}` };
    if (this.all().some(({ record }) => record === number.record)) return null;
    if (configured.length + this.own.length >= mostTopicNumbers) {
      const error = `at most ${mostTopicNumbers} numbers of topics are recorded: stop recording one`;
      return { status: 409, error };
    }
    return this.change([...this.own, number], `${by} records ${number.record}`);
  }

  remove(number: TopicNumber, by: string): RecordRefusal | null {
    const { record } = number;
    if (this.isConfigured(number)) {
      return { status: 409, error: `${record} is of twin.yaml (topics.record): change it there` };
    }
    const others = this.own.filter((one) => one.record !== record);
    if (others.length === this.own.length) return { status: 404, error: `${record} is not recorded` };
    return this.change(others, `${by} stops recording ${record}`);
  }

  /** What the process says of the numbers. */
  report(report: NumbersReport): void {
    const { push } = this.context;
    const listening = this.byFeed.get(report.feed);
    if (listening === undefined) return;
    const { topic } = listening;
    const source = sourceOf(topic);
    switch (report.op) {
      case "numbers": {
        const { received, stamp, isLatched } = report;
        const numbers = Object.entries(report.numbers).map(
          ([field, value]) => [field, value ?? Number.NaN] as const,
        );
        for (const [field] of numbers) this.note(`${topic}#${field}`, null);
        push(source, received, { kind: "topicNumbers", topic, stamp, isLatched, numbers });
        return;
      }
      case "numbersLost": {
        const { received, reason } = report;
        push(source, received, reason === null ? { kind: "sourceEpoch" } : { kind: "sourceLost", reason });
        return;
      }
      case "numbersRejected": {
        const { field, count } = report;
        const reason =
          field === "" ? report.reason : `the field ${field} cannot be recorded: ${report.reason}`;
        for (const one of this.all()) {
          if (one.topic === topic && (field === "" || one.field === field)) this.note(one.record, reason);
        }
        push(source, null, { kind: "rejected", reason, once: true, count });
      }
    }
  }

  /** The process that listens has ended; it is started again. */
  processEnded(reason: string): void {
    for (const topic of this.listening.keys()) {
      this.context.push(sourceOf(topic), null, { kind: "sourceLost", reason });
    }
  }

  private change(own: readonly TopicNumber[], text: string): RecordRefusal | null {
    if (this.unreadable !== null) return { status: 500, error: this.unreadable };
    const resting = this.resting.filter(({ record }) => !own.some((one) => one.record === record));
    try {
      // Kept before it counts: after a restart nothing may be missing that was there.
      this.context.file.write([...own, ...resting]);
    } catch (error) {
      return { status: 500, error: `the records cannot be kept, so they stay as they are: ${String(error)}` };
    }
    this.resting = resting;
    this.publish(own);
    this.context.push("topics", null, { kind: "note", severity: "info", code: "topics.record", text });
    return null;
  }

  private publish(own: readonly TopicNumber[]): void {
    const before = this.all();
    this.own = own;
    const all = this.all();
    const { order, push } = this.context;
    if (order === null || (all.length === 0 && before.length === 0)) return;
    for (const record of [...this.state.keys()]) {
      if (!all.some((one) => one.record === record)) this.state.delete(record);
    }
    const records = all.map(({ topic, field }) => ({ topic, field }));
    push("topics", null, { kind: "topicRecords", records });
    const fields = new Map<string, string[]>();
    for (const { topic, field } of records) fields.set(topic, [...(fields.get(topic) ?? []), field]);
    for (const [topic, { feed }] of this.listening) {
      if (fields.has(topic)) continue;
      this.listening.delete(topic);
      this.byFeed.delete(feed);
      order({ op: "close", feed });
    }
    for (const [topic, wanted] of fields) {
      let known = this.listening.get(topic);
      if (known === undefined) {
        known = { feed: this.count++, topic };
        this.listening.set(topic, known);
        this.byFeed.set(known.feed, known);
      }
      order({ op: "numbers", feed: known.feed, topic, fields: wanted });
    }
  }

  private note(record: string, reason: string | null): void {
    const known = this.state.get(record);
    if (known === undefined) this.state.set(record, { reason });
    else known.reason = reason;
  }

  private listing({ record, topic, field }: TopicNumber, origin: "config" | "api"): RecordListing {
    const series = `topics/${topicNumberPath(topic, field)}`;
    const known = this.state.get(record);
    if (known === undefined) return { record, topic, field, series, origin, state: "waiting" };
    const { reason } = known;
    if (reason === null) return { record, topic, field, series, origin, state: "recording" };
    return { record, topic, field, series, origin, state: "fault", reason };
  }

  private all(): readonly TopicNumber[] {
    return [...this.context.configured, ...this.own];
  }

  private isConfigured({ record }: TopicNumber): boolean {
    return this.context.configured.some((one) => one.record === record);
  }
}

/** A source of its own: the robot may listen to the topic by itself, and what is lost here is not lost there. */
const sourceOf = (topic: string): string => `ros:record:${topic}`;

const noRos =
  "numbers of topics are recorded with ROS 2 only: this twin has none, and the topics of the demo are simulated for whoever looks at them";
const deniedText = "twin.yaml does not allow this topic (topics.allow, topics.deny)";
