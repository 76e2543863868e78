/** One stored number, as VictoriaMetrics has it: name and labels of its series, ms, value. */
export type StoredPoint = { labels: Record<string, string>; time: number; value: number };

/** Reads the JSON lines of `/api/v1/export` part by part. A line is held as a whole, and no more than one. */
export class ExportReader {
  private rest = "";
  private readonly decoder = new TextDecoder();

  constructor(
    private readonly visit: (labels: Record<string, string>, times: number[], values: unknown[]) => void,
  ) {}

  push(part: Uint8Array): void {
    const lines = (this.rest + this.decoder.decode(part, { stream: true })).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line);
  }

  end(): void {
    this.line(this.rest);
    this.rest = "";
  }

  private line(line: string): void {
    if (line === "") return;
    const { metric, timestamps, values } = JSON.parse(line);
    this.visit(metric, timestamps, values);
  }
}

/** A line of line protocol as the points that VictoriaMetrics makes of it, one for each field. */
export function pointsOfLine(line: string): StoredPoint[] {
  const [head = "", fields = "", time = ""] = split(line.trimEnd(), " ");
  const [measurement = "", ...tags] = split(head, ",");
  const labels: Record<string, string> = {};
  for (const one of tags) {
    const [name = "", value = ""] = split(one, "=");
    labels[plain(name)] = plain(value);
  }
  return split(fields, ",").map((field) => {
    const [name = "", value = ""] = split(field, "=");
    const number = value === "true" ? 1 : value === "false" ? 0 : Number(value.replace(/i$/, ""));
    return {
      labels: { __name__: `${plain(measurement)}_${name}`, ...labels },
      time: Number(BigInt(time) / 1_000_000n),
      value: number,
    };
  });
}

/** The text of a point's series and time: equal for equal ones. */
export function pointKey(labels: Record<string, string>, time: number): string {
  return `${time} ${Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join("\u0001")}`;
}

/** Splits at each separator that has no backslash before it. There are no texts in these lines. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === "\\" && i + 1 < text.length) part += c + text[++i];
    else if (c === separator) {
      parts.push(part);
      part = "";
    } else part += c;
  }
  parts.push(part);
  return parts;
}

function plain(text: string): string {
  return text.replace(/\\([,= ])/g, "$1");
}
