import { describe, expect, it } from "vitest";
import { SqlColumns, sampleColumns, sqlRow } from "../../../src/history/sql-columns.ts";
import type { MadeRow } from "../../support/journal-maker.ts";
import { sinkRow } from "../../support/sink-rows.ts";

const sec = 1_700_000_000;

function columns(rows: Partial<MadeRow>[]): Record<string, string> {
  const made = new SqlColumns("stamp");
  for (const row of rows) {
    const one = sqlRow(sinkRow({ received: sec * 1000 + 0.5, stamp: [sec, 123_456_789], ...row }));
    if (one !== null) made.add(one, 7);
  }
  return Object.fromEntries(made.parameters().map((text, i) => [sampleColumns[i]?.[0], text]));
}

describe("rows as columns of PostgreSQL", () => {
  it("are one array for each column, with the time to the nanosecond", () => {
    expect(columns([{ numbers: [0.5] }, { numbers: [-1], reason: "why" }])).toMatchObject({
      series: "{7,7}",
      time_us: `{${sec}123456,${sec}123456}`,
      ns: "{789,789}",
      received_us: `{${sec}000500,${sec}000500}`,
      reason: '{"","why"}',
      value: "{0.5,-1}",
      text: "{NULL,NULL}",
    });
  });

  it("escape texts and keep the character of code 0 as its sign", () => {
    const { text, json } = columns([{ json: '"a\\"b\\\\{},NULL\\u0000"' }, { json: '{"a":"b"}' }]);
    expect(text).toBe('{"a\\"b\\\\{},NULL␀",NULL}');
    expect(json).toBe('{NULL,"{\\"a\\":\\"b\\"}"}');
  });

  it("have the numbers of a pose as one array", () => {
    const { numbers } = columns([{ valueKind: "twist", numbers: [1, Number.NaN, 3, 4, 5, 6] }]);
    expect(numbers).toBe('{"{1,NULL,3,4,5,6}"}');
  });

  it("leave out what is no value", () => {
    expect(columns([{ numbers: [Number.NaN] }, {}, { json: "null" }]).series).toBe("{}");
  });
});
