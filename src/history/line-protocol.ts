import { componentFields } from "./component-fields.ts";
import type { RowTime } from "./row-clock.ts";
import type { RowSeries, SinkRow } from "./sink-row.ts";
import { sinkValueOf } from "./sink-value.ts";

export type LineOptions = {
  measurement: string;
  /** Tags of every line. */
  tags: Readonly<Record<string, string>>;
  /** How a line break within a text is written: as it is (InfluxDB) or behind a backslash (QuestDB). */
  lineBreaks: "raw" | "escaped";
  /** Only what a store of numbers can keep: no texts, no JSON. */
  numbersOnly: boolean;
};

/** The tags that name a series, in the order of a line. */
export const seriesTags = ["thing", "path", "facet", "source", "kind", "unit", "pass"] as const;

/**
 * Writes rows as lines of InfluxDB's line protocol, with times in ns:
 * `twin,thing=robot,path=joint/elbow/position,facet=reported,source=ros:/joint_states,kind=taken,unit=rad,pass=1 value=0.5 17…`
 *
 * A field has one type for ever: `value` (and `x`, `y`, …) are floats, `int` a 64-bit integer, `text`, `json` and `reason`
 * strings, `flag` a boolean, `quality` an integer (absent: good). So a property whose type changes starts another field,
 * and never conflicts with one.
 */
export class LineWriter {
  private readonly heads = new Map<RowSeries, string>();

  constructor(private readonly options: LineOptions) {}

  /** The line of a row, with its line break; "" where the row has no value that can be sent. */
  line(row: SinkRow, { sec, nanosec, pass }: RowTime): string {
    const fields = this.fields(row);
    if (fields === "") return "";
    const time = sec === 0 ? String(nanosec) : `${sec}${String(nanosec).padStart(9, "0")}`;
    return `${this.head(row.series)}${pass} ${fields} ${time}\n`;
  }

  private head(series: RowSeries): string {
    const known = this.heads.get(series);
    if (known !== undefined) return known;
    const { measurement, tags } = this.options;
    const { thing, path, facet, source, kind, unit } = series;
    const own = Object.entries(tags).map(([name, value]) => `,${tag(name)}=${tag(value)}`);
    const named = `thing=${tag(thing)},path=${tag(path)},facet=${facet},source=${tag(source)},kind=${kind},unit=${tag(unit)}`;
    const head = `${tag(measurement)}${own.join("")},${named},pass=`;
    this.heads.set(series, head);
    return head;
  }

  private fields(row: SinkRow): string {
    const { quality, reason } = row;
    const value = this.valueFields(row);
    if (value === null) return "";
    const grade = quality === 0 && value !== "" ? "" : `quality=${quality}i`;
    const why = reason === "" || this.options.numbersOnly ? "" : `reason=${this.string(reason)}`;
    return [value, grade, why].filter((field) => field !== "").join(",");
  }

  /** "" of a row that has no value of its own; null where it should have one and has none. */
  private valueFields(row: SinkRow): string | null {
    const value = sinkValueOf(row);
    const { numbersOnly } = this.options;
    switch (value.type) {
      case "numbers": {
        const [first] = value.numbers;
        if (value.numbers.length === 1) return `value=${first}`;
        const names = componentFields(row.series.valueKind);
        return value.numbers
          .flatMap((number, i) => (Number.isFinite(number) ? [`${names[i] ?? `v${i}`}=${number}`] : []))
          .join(",");
      }
      case "integer":
        return `int=${value.digits}i`;
      case "flag":
        return `flag=${value.flag}`;
      case "text":
        return numbersOnly ? null : `text=${this.string(value.text)}`;
      case "json":
        return numbersOnly ? null : `json=${this.string(value.json)}`;
      case "standing":
        return "";
      case "none":
        return null;
    }
  }

  private string(text: string): string {
    const escaped = text.replace(/[\\"]/g, "\\$&");
    return `"${this.options.lineBreaks === "raw" ? escaped : escaped.replace(/[\r\n]/g, "\\$&")}"`;
  }
}

/**
 * A measurement, the name or the value of a tag. Servers differ in what a backslash and a control character in it are, so
 * these are written as in a URL (`%5C`, `%0A`), and a `%` that would read as one of them, too. An empty tag cannot be
 * written: it is `-`, and a tag that consists of `-` only has one more.
 */
export function tag(text: string): string {
  if (/^-*$/.test(text)) return `${text}-`;
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      .replace(/[\\\u0000-\u001f\u007f]|%(?=[0-9A-Fa-f]{2})/g, percent)
      .replace(/[,= ]/g, "\\$&")
  );
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
