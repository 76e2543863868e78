import { LineWriter } from "../../history/line-protocol.ts";
import { wantedTime } from "../../history/row-clock.ts";
import type { SinkRow } from "../../history/sink-row.ts";
import { authorization, readCredentials } from "./credentials.ts";
import type { CursorFile } from "./cursor-file.ts";
import {
  type HttpAnswer,
  type HttpCall,
  HttpSession,
  oneLine,
  unanswered,
  unusable,
} from "./http-session.ts";
import {
  type Away,
  type Outgoing,
  type Ready,
  type RowSender,
  type SendOutcome,
  stored,
} from "./row-sender.ts";
import { sinkName, type VictoriaOptions } from "./sink-options.ts";
import { VictoriaCheck } from "./victoria-check.ts";

export type VictoriaTimes = {
  timeoutMs: number;
  /** How long after its answer a row may still be lost if the server is killed: it writes to its disk behind its answers. */
  settleMs: number;
  /** How long a request that was given up may still have an effect after the server answers again. */
  quietMs: number;
};

/** Rows that may be sent before the file has to say so again. */
const announcedRows = 50_000;
/** VictoriaMetrics cuts or drops labels beyond a length that depends on its version; two series might become one. */
const longestLabel = 1024;
const startEveryMs = 2000;

/**
 * VictoriaMetrics keeps a row twice that is sent twice, keeps times in ms and numbers only, and forgets the last seconds
 * when it is killed. So the sender remembers up to which row it may have sent anything. After whatever leaves a doubt (no
 * answer, a restart of the server or of this program) it goes back to the last row that is certainly kept, and until it
 * is past the doubt it asks the server for what it has and sends the rest.
 */
export class VictoriaSender implements RowSender<string> {
  readonly keepsCursor = false;
  readonly name: string;
  private readonly session: HttpSession;
  private readonly writer: LineWriter;
  private readonly check: VictoriaCheck;
  private readonly time = { sec: 0, nanosec: 0, pass: 1 };
  /** Rows up to this number may be there already. */
  private doubtful = 0;
  /** What the file says may have been sent, and what this program did send. */
  private announced = 0;
  private attempted = 0;
  private settledAt: number;
  /** Up to which number rows were sent by when (ms); they settle together. */
  private unsettled: { through: number; at: number }[] = [];
  private serverStart = "";
  private startReadAt = Number.NEGATIVE_INFINITY;
  private mustCheck = false;

  constructor(
    private readonly options: VictoriaOptions,
    private readonly times: VictoriaTimes,
    private readonly file: CursorFile,
    private readonly store: string,
    private readonly now: () => number,
    cursor: number,
  ) {
    const { url, measurement, tags, ca } = options;
    this.name = sinkName(options);
    this.session = new HttpSession(url, times.timeoutMs, ca);
    this.writer = new LineWriter({ measurement, tags, lineBreaks: "raw", numbersOnly: true });
    this.check = new VictoriaCheck(this.session, measurement, tags);
    this.settledAt = cursor;
  }

  encode(row: SinkRow): string | null {
    const { thing, path, source } = row.series;
    if (Math.max(thing.length, path.length, source.length) > longestLabel) return null;
    // Rows of one series and ms are all kept, so a time needs not be made unique.
    wantedTime(row, this.options.time, 1, this.time);
    const line = this.writer.line(row, this.time);
    return line === "" ? null : line;
  }

  async connect(): Promise<Ready | Away> {
    try {
      if (this.announced === 0) {
        const kept = await this.file.read();
        this.announced = kept?.store === this.store ? kept.cursor : 0;
        this.attempted = this.announced;
      }
      this.session.authorization = authorization(await readCredentials(this.options), "Bearer");
      const away = await this.readStart();
      if (away !== null) return away;
    } catch (error) {
      return unanswered(error);
    }
    this.doubtful = Math.max(this.doubtful, this.attempted);
    this.unsettled = [];
    this.mustCheck = this.doubtful > this.settledAt;
    return { kind: "ready", from: this.settledAt };
  }

  async send(batch: Outgoing<string>, from: number, to: number, through: number): Promise<SendOutcome> {
    try {
      const restarted = await this.settle();
      if (restarted !== null) return restarted;
      let lines = batch.items.slice(from, to);
      if (lines.length > 0 && (batch.numbers[from] as number) <= this.doubtful) {
        if (this.mustCheck) {
          await this.check.begin(this.times.quietMs);
          this.mustCheck = false;
        }
        const answer = await this.check.missing(lines);
        if (!Array.isArray(answer)) return answer;
        lines = answer;
      } else this.check.end();
      if (lines.length > 0) {
        await this.announce(through);
        this.attempted = Math.max(this.attempted, through);
        const answer = await this.post(lines.join(""));
        const away = unusable(answer);
        if (away !== null) return away;
        if (answer.status < 200 || answer.status > 299) {
          const reason = `HTTP ${answer.status}: ${oneLine(answer.text)}`;
          return { kind: "refused", reason, at: null, isTooLarge: answer.status === 413 };
        }
      }
    } catch (error) {
      return unanswered(error);
    }
    this.unsettled.push({ through, at: this.now() });
    return stored;
  }

  settled(): number {
    return this.settledAt;
  }

  state(): null {
    return null;
  }

  async close(): Promise<void> {
    this.session.close();
  }

  private post(body: string): Promise<HttpAnswer> {
    const call: HttpCall = {
      method: "POST",
      path: "/write",
      query: { precision: "ns" },
      body,
      type: "text/plain",
    };
    return this.session.call(call);
  }

  /** What was sent long enough before the server was last seen without a restart is kept. */
  private async settle(): Promise<Away | null> {
    if (this.now() - this.startReadAt < startEveryMs) return null;
    const known = this.serverStart;
    const away = await this.readStart();
    if (away !== null) return away;
    if (this.serverStart !== known) {
      const reason = "the server was restarted: what it lost is sent again";
      return { kind: "away", state: "lost", reason, remedy: "None is needed." };
    }
    const { unsettled } = this;
    const before = this.startReadAt - this.times.settleMs;
    while (unsettled.length > 0 && (unsettled[0] as { at: number }).at <= before) {
      this.settledAt = (unsettled.shift() as { through: number }).through;
    }
    return null;
  }

  private async readStart(): Promise<Away | null> {
    const at = this.now();
    let text = "";
    const onPart = (part: Buffer): void => {
      text += part.toString("latin1");
    };
    const answer = await this.session.call({ method: "GET", path: "/metrics", onPart });
    const away = unusable(answer);
    if (away !== null) return away;
    const start = /^(?:vm_app_start_timestamp|process_start_time_seconds) (\S+)/m.exec(text)?.[1];
    if (start === undefined) {
      const remedy = "Check `kind` and `url`.";
      return { kind: "away", state: "error", reason: "the server is not VictoriaMetrics", remedy };
    }
    this.serverStart = start;
    this.startReadAt = at;
    return null;
  }

  /** Before rows beyond the announced ones leave, the file says so. */
  private async announce(through: number): Promise<void> {
    if (through <= this.announced) return;
    const cursor = through + announcedRows;
    await this.file.write({ store: this.store, cursor, state: null });
    this.announced = cursor;
  }
}
