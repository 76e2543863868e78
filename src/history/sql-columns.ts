import { wantedTime } from "./row-clock.ts";
import type { SinkRow } from "./sink-row.ts";
import { type SinkValue, sinkValueOf } from "./sink-value.ts";

/** The columns of a sample in PostgreSQL, with their types, in the order of `SqlColumns.parameters`. */
export const sampleColumns = [
  ["series", "int4"],
  ["number", "int8"],
  /** Microseconds since 1970; the table has a time stamp and the nanoseconds left over. */
  ["time_us", "int8"],
  ["ns", "int2"],
  ["received_us", "int8"],
  ["quality", "int2"],
  ["reason", "text"],
  ["value", "float8"],
  ["numbers", "text"],
  ["int", "int8"],
  ["flag", "bool"],
  ["text", "text"],
  ["json", "text"],
] as const;

/** A row and its value, which is there. */
export type SqlRow = { row: SinkRow; value: SinkValue };

/** Null: the row has no value that can be stored. */
export function sqlRow(row: SinkRow): SqlRow | null {
  const value = sinkValueOf(row);
  return value.type === "none" ? null : { row, value };
}

/** Rows as one PostgreSQL array for each column, written as text. */
export class SqlColumns {
  private readonly columns: string[][] = sampleColumns.map(() => []);
  private readonly time = { sec: 0, nanosec: 0 };

  constructor(private readonly by: "stamp" | "arrival") {}

  add({ row, value }: SqlRow, series: number): void {
    const { time } = this;
    wantedTime(row, this.by, 1, time);
    const us = time.sec * 1_000_000 + Math.floor(time.nanosec / 1000);
    let number = "NULL";
    let numbers = "NULL";
    let int = "NULL";
    let flag = "NULL";
    let text = "NULL";
    let json = "NULL";
    switch (value.type) {
      case "numbers":
        if (value.numbers.length === 1) number = String(value.numbers[0]);
        else numbers = `"{${value.numbers.map((one) => (Number.isFinite(one) ? one : "NULL")).join(",")}}"`;
        break;
      case "integer":
        int = value.digits;
        break;
      case "flag":
        flag = value.flag ? "t" : "f";
        break;
      case "text":
        text = quoted(value.text);
        break;
      case "json":
        json = quoted(value.json);
        break;
      case "standing":
      case "none":
        break;
    }
    const { quality, reason, received } = row;
    const all = [
      ...[series, row.number, us, time.nanosec % 1000, Math.round(received * 1000), quality, quoted(reason)],
      ...[number, numbers, int, flag, text, json],
    ];
    all.forEach((one, i) => {
      (this.columns[i] as string[]).push(String(one));
    });
  }

  parameters(): string[] {
    return this.columns.map((column) => `{${column.join(",")}}`);
  }
}

/** A text as an element of an array. PostgreSQL cannot keep the character of code 0: it becomes the sign for it, ␀. */
function quoted(text: string): string {
  return `"${text.replaceAll("\u0000", "\u2400").replace(/[\\"]/g, "\\$&")}"`;
}
