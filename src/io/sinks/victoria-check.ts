import { type HttpSession, oneLine, unusable } from "./http-session.ts";
import type { Away } from "./row-sender.ts";
import { ExportReader, pointKey, pointsOfLine } from "./victoria-export.ts";

/** Times that are further apart are asked for one by one, so that a late row does not fetch all between. ms */
const gapMs = 60_000;

/** What is stored under one key, and the greatest number of its series, to which the digits of all are cut. */
type Stored = { values: number[]; scale: number };

/**
 * Finds out which rows VictoriaMetrics has. Rows of one series and ms are told apart by their values only, so those that
 * earlier rows accounted for are remembered as long as rows are doubtful.
 */
export class VictoriaCheck {
  /** Values that belong to earlier rows, by key. */
  private claimed = new Map<string, number[]>();
  /** Keys of rows that were found missing and sent, and may not be visible yet. */
  private sent = new Set<string>();

  constructor(
    private readonly session: HttpSession,
    private readonly measurement: string,
    private readonly tags: Readonly<Record<string, string>>,
  ) {}

  /** Before the first of the doubtful rows: returns when all that was sent can be read, and what was given up has had its effect. */
  async begin(quietMs: number): Promise<void> {
    this.end();
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    await this.flush();
  }

  /** After the last of the doubtful rows. */
  end(): void {
    this.claimed = new Map();
    this.sent = new Set();
  }

  /** The lines that are not there, in their order, with only the fields that are not. Send all of them. */
  async missing(lines: readonly string[]): Promise<string[] | Away> {
    const points = lines.map((line) =>
      pointsOfLine(line).map(({ labels, time, value }) => ({ key: pointKey(labels, time), time, value })),
    );
    const all = points.flat();
    if (all.some(({ key }) => this.sent.has(key))) await this.flush();
    const there = new Map<string, Stored>();
    for (const { key } of all) there.set(key, { values: [], scale: 0 });
    const away = await this.read(spans(all.map(({ time }) => time)), there);
    if (away !== null) return away;
    for (const [key, found] of there) {
      for (const value of this.claimed.get(key) ?? []) takeNear(found, value);
    }
    return lines.flatMap((line, i) => {
      const list = points[i] ?? [];
      const isMissing = list.map(({ key, value }) => !takeNear(there.get(key) as Stored, value));
      list.forEach(({ key, value }, field) => {
        const claimed = this.claimed.get(key);
        if (claimed === undefined) this.claimed.set(key, [value]);
        else claimed.push(value);
        if (isMissing[field] === true) this.sent.add(key);
      });
      return onlyFields(line, isMissing);
    });
  }

  /** Makes what was sent visible; where that is not allowed, time does it. */
  private async flush(): Promise<void> {
    const answer = await this.session.call({ method: "GET", path: "/internal/force_flush" });
    if (answer.status !== 200) await new Promise((resolve) => setTimeout(resolve, 6000));
  }

  /** Adds the values that are stored for each key of `there`. */
  private async read(times: [number, number][], there: ReadonlyMap<string, Stored>): Promise<Away | null> {
    const match = `{__name__=~"${this.measurement}_.*"${Object.entries(this.tags)
      .map(([name, value]) => `,${name}=${JSON.stringify(value)}`)
      .join("")}}`;
    for (const [start, end] of times) {
      const reader = new ExportReader((labels, stamps, values) => {
        const numbers = values.map(Number);
        const scale = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        stamps.forEach((time, i) => {
          const found = there.get(pointKey(labels, time));
          if (found === undefined) return;
          found.values.push(numbers[i] as number);
          found.scale = Math.max(found.scale, scale);
        });
      });
      const query = {
        "match[]": match,
        start: String((start - 1) / 1000),
        end: String((end + 1) / 1000),
        reduce_mem_usage: "1",
      };
      const answer = await this.session.call({
        method: "GET",
        path: "/api/v1/export",
        query,
        onPart: (part) => reader.push(part),
      });
      reader.end();
      const away = unusable(answer);
      if (away !== null) return away;
      if (answer.status !== 200) {
        const reason = `the server does not say what it has: HTTP ${answer.status}: ${oneLine(answer.text)}`;
        const remedy = "Allow /api/v1/export: rows whose fate is unknown are checked by it.";
        return { kind: "away", state: "error", reason, remedy };
      }
    }
    return null;
  }
}

/** Takes a value out that is this one but for its last digits: all values of a block are kept with one exponent. */
function takeNear({ values, scale }: Stored, value: number): boolean {
  // Numbers near the least one there is become 0.
  const tolerance = 1e-12 * Math.abs(value) + 1e-15 * scale + 1e-300;
  const at = values.findIndex((one) => Math.abs(one - value) <= tolerance);
  if (at < 0) return false;
  values.splice(at, 1);
  return true;
}

/** The runs of times without a gap, in order; at most 50, with longer gaps where there would be more. */
function spans(times: number[], gap = gapMs): [number, number][] {
  const found: [number, number][] = [];
  for (const time of Float64Array.from(times).sort()) {
    const last = found.at(-1);
    if (last !== undefined && time - last[1] <= gap) last[1] = time;
    else found.push([time, time]);
  }
  return found.length <= 50 ? found : spans(times, gap * 4);
}

/** A line with some of its fields; none where it would have no field. */
function onlyFields(line: string, wanted: readonly boolean[]): string[] {
  if (wanted.every((want) => want)) return [line];
  if (!wanted.some((want) => want)) return [];
  const parts = /^((?:[^ \\]|\\.)*) ((?:[^ \\]|\\.)*) (.*\n)$/s.exec(line);
  if (parts === null) return [line];
  const fields = (parts[2] as string).split(",").filter((_, i) => wanted[i] === true);
  return [`${parts[1]} ${fields.join(",")} ${parts[3]}`];
}
