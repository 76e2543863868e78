import { describe, expect, it } from "vitest";
import { type LineOptions, LineWriter, tag } from "../../../src/history/line-protocol.ts";
import type { MadeRow } from "../../support/journal-maker.ts";
import { sinkRow } from "../../support/sink-rows.ts";

const usual: LineOptions = { measurement: "twin", tags: {}, lineBreaks: "raw", numbersOnly: false };
const time = { sec: 1_700_000_000, nanosec: 5, pass: 1 };
const line = (row: Partial<MadeRow>, options: Partial<LineOptions> = {}) =>
  new LineWriter({ ...usual, ...options }).line(sinkRow({ received: 0, ...row }), time);
/** The fields of a line. */
const fields = (row: Partial<MadeRow>, options: Partial<LineOptions> = {}) =>
  line(row, options)
    .replace(/^(?:[^ \\]|\\.)* /s, "")
    .replace(/ \d+\n$/, "");

describe("a line", () => {
  it("has tags, fields and the time in ns", () => {
    expect(line({ numbers: [0.5] }, { tags: { site: "hall 3" } })).toBe(
      "twin,site=hall\\ 3,thing=robot,path=joint/elbow/position,facet=reported,source=ros:/joint_states,kind=taken,unit=rad,pass=1 value=0.5 1700000000000000005\n",
    );
  });

  it("has one field for each type", () => {
    expect(fields({ numbers: [1e21] })).toBe("value=1e+21");
    expect(fields({ json: "42" })).toBe("value=42");
    expect(fields({ json: "9007199254740993" })).toBe("int=9007199254740993i");
    expect(fields({ json: "-9223372036854775808" })).toBe("int=-9223372036854775808i");
    expect(fields({ json: "9223372036854775808" })).toBe('text="9223372036854775808"');
    expect(fields({ json: "true" })).toBe("flag=true");
    expect(fields({ json: '"a\\"b\\\\c"' })).toBe('text="a\\"b\\\\c"');
    expect(fields({ json: '{"a":1}' })).toBe('json="{\\"a\\":1}"');
    expect(fields({ json: "[1]" })).toBe('json="[1]"');
  });

  it("names the numbers of a pose and of a twist", () => {
    expect(fields({ valueKind: "pose", numbers: [1, 2, 3, 0, 0, 0, 1] })).toBe(
      "x=1,y=2,z=3,qx=0,qy=0,qz=0,qw=1",
    );
    expect(fields({ valueKind: "twist", numbers: [1, Number.NaN, 3, 4, 5, 6] })).toBe(
      "linear_x=1,linear_z=3,angular_x=4,angular_y=5,angular_z=6",
    );
  });

  it("is none for what is no value", () => {
    expect(line({ numbers: [Number.NaN] })).toBe("");
    expect(line({ numbers: [Number.POSITIVE_INFINITY] })).toBe("");
    expect(line({})).toBe("");
    expect(line({ json: "null" })).toBe("");
    expect(line({ json: '"text"' }, { numbersOnly: true })).toBe("");
  });

  it("has the quality where it is not good, and always for a change of it", () => {
    expect(fields({ numbers: [1], quality: "uncertain", reason: "stale" })).toBe(
      'value=1,quality=1i,reason="stale"',
    );
    expect(fields({ kind: "quality", quality: "bad", reason: "no-communication" })).toBe(
      'quality=2i,reason="no-communication"',
    );
    expect(fields({ kind: "cleared" })).toBe("quality=0i");
  });

  it("keeps a line break in a text, as the server reads it", () => {
    expect(fields({ json: '"a\\nb"' })).toBe('text="a\nb"');
    expect(fields({ json: '"a\\nb"' }, { lineBreaks: "escaped" })).toBe('text="a\\\nb"');
  });
});

describe("a tag", () => {
  it("has no character that a server could take for another one", () => {
    expect(tag("a b,c=d")).toBe("a\\ b\\,c\\=d");
    expect(tag("back\\slash\n\u0000")).toBe("back%5Cslash%0A%00");
    expect(tag("漢字 🤖")).toBe("漢字\\ 🤖");
  });

  it("is another one for every other text", () => {
    const texts = ["", "-", "--", "%", "%5C", "\\", "%255C", "a%", "%zz", "\n", "%0A", " ", "=", ","];
    expect(new Set(texts.map(tag)).size).toBe(texts.length);
    expect(texts.map(tag)).not.toContain("");
  });
});
