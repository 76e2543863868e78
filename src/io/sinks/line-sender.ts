import type { LineWriter } from "../../history/line-protocol.ts";
import { type ClockState, RowClock } from "../../history/row-clock.ts";
import type { SinkRow } from "../../history/sink-row.ts";
import { type HttpSession, oneLine, unanswered, unusable } from "./http-session.ts";
import {
  type Away,
  type Outgoing,
  type Ready,
  type RowSender,
  type SendOutcome,
  stored,
} from "./row-sender.ts";

/** A server that takes line protocol over HTTP and keeps the last of two rows of one series and time. */
export type LineServer = {
  name: string;
  session: HttpSession;
  writer: LineWriter;
  time: "stamp" | "arrival";
  /** Path and query of a write. */
  path: string;
  query: Record<string, string>;
  /** Makes sure that rows can be written as they must be. The step is the resolution of its times, in ns. */
  prepare(): Promise<{ kind: "ready"; stepNs: number } | Away>;
};

/** A request that the server took in part: how many rows it left out, and why. Null: it is not that. */
export function partialWrite(text: string): { rows: number; reason: string } | null {
  if (!text.includes("partial write")) return null;
  const dropped = Number(/dropped=(\d+)/.exec(text)?.[1] ?? 0);
  const unread = text.match(/unable to parse|max key length exceeded/g)?.length ?? 0;
  const named = text.match(/"line_number"/g)?.length ?? 0;
  return { rows: Math.max(1, dropped + unread, named), reason: oneLine(text) };
}

/** The line that an error names, from 0; null: it names none. */
function lineOf(text: string): number | null {
  const line = /"line"\s*:\s*(\d+)/.exec(text)?.[1] ?? /error in line (\d+)/.exec(text)?.[1];
  return line === undefined ? null : Number(line) - 1;
}

/**
 * Sends rows as line protocol. A row has the same time and tags whenever it is sent, so that a request whose answer was
 * lost can be repeated.
 */
export class LineSender implements RowSender<string> {
  readonly keepsCursor = false;
  private clock: RowClock | null = null;
  private through: number;

  constructor(
    private readonly server: LineServer,
    private readonly from: ClockState,
    cursor: number,
  ) {
    this.through = cursor;
  }

  get name(): string {
    return this.server.name;
  }

  encode(row: SinkRow): string | null {
    if (this.clock === null) throw new Error("rows are encoded after `connect`");
    const line = this.server.writer.line(row, this.clock.assign(row));
    return line === "" ? null : line;
  }

  async connect(): Promise<Ready | Away> {
    let answer: Awaited<ReturnType<LineServer["prepare"]>>;
    try {
      answer = await this.server.prepare();
    } catch (error) {
      return unanswered(error);
    }
    if (answer.kind === "away") return answer;
    this.clock ??= new RowClock(this.server.time, answer.stepNs, this.from);
    return { kind: "ready", from: null };
  }

  async send(batch: Outgoing<string>, from: number, to: number, through: number): Promise<SendOutcome> {
    const { session, path, query } = this.server;
    if (from < to) {
      const body = batch.items.slice(from, to).join("");
      let answer: Awaited<ReturnType<HttpSession["call"]>>;
      try {
        answer = await session.call({ method: "POST", path, query, body, type: "text/plain; charset=utf-8" });
      } catch (error) {
        return unanswered(error);
      }
      const { status, text } = answer;
      const away = unusable(answer);
      if (away !== null) return away;
      if (status < 200 || status > 299) {
        const partial = partialWrite(text);
        if (partial === null) {
          return {
            kind: "refused",
            reason: `HTTP ${status}: ${oneLine(text)}`,
            at: lineOf(text),
            isTooLarge: status === 413,
          };
        }
        this.through = through;
        return { kind: "stored", refused: Math.min(partial.rows, to - from), reason: partial.reason };
      }
    }
    this.through = through;
    return stored;
  }

  settled(): number {
    return this.through;
  }

  state(): ClockState {
    return this.clock?.save() ?? this.from;
  }

  async close(): Promise<void> {
    this.server.session.close();
  }
}
