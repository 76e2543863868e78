import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSink } from "../../src/io/sinks/open-sink.ts";
import { eventually } from "../support/eventually.ts";
import { JournalMaker, type MadeRow } from "../support/journal-maker.ts";
import { PostgresStore } from "../support/postgres-store.ts";
import { type AnyStore, newStore, optionsFor, plans, sinkKinds, testPace } from "../support/sink-options.ts";
import { hasServer, type StoredRow } from "../support/store-server.ts";

/*
 * What becomes of every kind of value in each store. The rows are sent twice, the second time by a sink that has forgotten
 * where it was, as after a lost answer: nothing may be there twice.
 */

const sec = Math.floor(Date.now() / 1000) - 3600;
const at = (nanosec: number, plus = 0) => ({
  received: (sec + plus) * 1000 + nanosec / 1e6 + 5,
  stamp: [sec + plus, nanosec] as [number, number],
});
const nasty = 'line\nbreak "quoted" back\\slash, comma = 漢字 🤖 \r\t end\\';
const oddName = 'a b,c=d\\e"f%41\n漢🤖\\';

const rows: MadeRow[] = [
  // Equal stamps, and one of their neighbour.
  { path: "equal", numbers: [1], ...at(100) },
  { path: "equal", numbers: [2], ...at(100) },
  { path: "equal", numbers: [3], ...at(100) },
  { path: "equal", numbers: [4], ...at(101) },
  { path: "equal", numbers: [5], ...at(500_000_000) },
  // Late by 20 s, then two with the same late stamp, then on.
  { path: "late", numbers: [1], ...at(7, 40) },
  { path: "late", numbers: [2], ...at(9, 20) },
  { path: "late", numbers: [3], ...at(9, 20) },
  { path: "late", numbers: [4], ...at(7, 40) },
  { path: "late", numbers: [5], ...at(8, 41) },
  // No number.
  { path: "nan", numbers: [Number.NaN], ...at(1) },
  { path: "nan", numbers: [Number.POSITIVE_INFINITY], ...at(2) },
  { path: "nan", ...at(3) },
  { path: "nan", json: "null", ...at(4) },
  { path: "nan", numbers: [1.5], ...at(5) },
  // Numbers at their ends.
  ...[5e-324, 1.5e308, -1e21, 0.1 + 0.2, -0.5, 123456789012345].map((number, i) => ({
    path: `number/${i}`,
    numbers: [number],
    ...at(1),
  })),
  { path: "whole", json: "9007199254740993", ...at(1) },
  { path: "whole", json: "-9223372036854775807", ...at(2) },
  { path: "whole", json: "9223372036854775807", ...at(3) },
  { path: "unsigned", json: "18446744073709551615", ...at(4) },
  { path: "whole", json: "42", ...at(5) },
  { path: "text", json: JSON.stringify(nasty), ...at(1) },
  { path: "text", json: '""', ...at(2) },
  { path: "text", json: JSON.stringify("9007199254740993"), ...at(3) },
  { path: "flag", json: "true", ...at(1) },
  { path: "flag", json: "false", ...at(2) },
  { path: "json", json: '{"a":[1,2,{"b":"c\\"d\\n"}]}', ...at(1) },
  // The type changes, and the unit.
  { path: "type", numbers: [1], ...at(1) },
  { path: "type", json: '"on"', ...at(2) },
  { path: "type", json: "true", ...at(3) },
  { path: "type", numbers: [2], ...at(4) },
  { path: "unit", numbers: [1], unit: "m", ...at(1) },
  { path: "unit", numbers: [1000], unit: "mm", ...at(1) },
  { path: "pose", valueKind: "pose", unit: "", numbers: [1, 2, 3, 0, 0, 0.6, 0.8], ...at(1) },
  { path: "twist", valueKind: "twist", unit: "", numbers: [1, Number.NaN, 3, 4, 5, 6], ...at(1) },
  { path: oddName, thing: oddName, unit: "m s⁻¹", source: "mqtt:a b", numbers: [7], ...at(1) },
  { path: "p".repeat(20_000), numbers: [8], ...at(1) },
  // The clock of the sender is one since its boot, or a year ahead: the arrival counts.
  { path: "boot", numbers: [1], received: sec * 1000 + 1.5, stamp: [12, 5] },
  { path: "ahead", numbers: [1], received: sec * 1000 + 2.5, stamp: [sec + 31_536_000, 0] },
  { path: "none", numbers: [1], received: sec * 1000 + 3.5 },
  { path: "standing", numbers: [1], quality: "uncertain", reason: "initial", ...at(1) },
  { path: "standing", kind: "quality", quality: "bad", reason: "no-communication", received: sec * 1000 + 9 },
  { path: "source", numbers: [1], source: "ros:/a", ...at(1) },
  { path: "source", numbers: [2], source: "mqtt:b", kind: "outranked", ...at(1) },
];

const ns = (nanosec: number, plus = 0): bigint => BigInt(sec + plus) * 1_000_000_000n + BigInt(nanosec);
/** [value, time, pass] of the rows of a path. */
const expected: Record<string, [unknown, bigint, string][]> = {
  equal: [
    [1, ns(100), "1"],
    [2, ns(101), "1"],
    [3, ns(102), "1"],
    [4, ns(103), "1"],
    [5, ns(500_000_000), "1"],
  ],
  late: [
    [1, ns(7, 40), "1"],
    [2, ns(9, 20), "2"],
    [3, ns(10, 20), "2"],
    [4, ns(8, 40), "1"],
    [5, ns(8, 41), "1"],
  ],
  nan: [[1.5, ns(5), "1"]],
  "number/0": [[5e-324, ns(1), "1"]],
  "number/1": [[1.5e308, ns(1), "1"]],
  "number/2": [[-1e21, ns(1), "1"]],
  "number/3": [[0.1 + 0.2, ns(1), "1"]],
  "number/4": [[-0.5, ns(1), "1"]],
  "number/5": [[123456789012345, ns(1), "1"]],
  boot: [[1, ns(1_500_000), "1"]],
  ahead: [[1, ns(2_500_000), "1"]],
  none: [[1, ns(3_500_000), "1"]],
};

describe.each(sinkKinds.filter((kind) => hasServer(plans[kind])))("%s", (kind) => {
  let store: AnyStore;
  const folder = mkdtempSync(join(tmpdir(), "twin-sink-"));
  let stored: StoredRow[] = [];

  beforeAll(async () => {
    store = newStore(kind);
    await store.start();
    const maker = new JournalMaker(join(folder, "journal"), "run", 7);
    maker.add(rows);
    for (let round = 0; round < 2; round++) {
      const sink = await openSink(folder, optionsFor(store), Date.now, testPace);
      sink.start();
      await eventually(
        "all rows are dealt with",
        () =>
          sink.status.state === "ok" &&
          sink.status.waiting === 0 &&
          sink.status.sent + sink.status.leftOut >= rows.length,
        30_000,
      ).catch((error) => {
        throw new Error(`${error} ${JSON.stringify(sink.status)}`);
      });
      expect(sink.status).toMatchObject({ refused: 0, lost: 0 });
      await sink.stop();
      for (const file of ["influx", "questdb", "victoriametrics"]) {
        const name = `${file}_127.0.0.1_${store.port}`;
        rmSync(join(folder, "sinks", `${name}_twin.json`), { force: true });
        rmSync(join(folder, "sinks", `${name}_twin_twin.json`), { force: true });
      }
      if (store instanceof PostgresStore && round === 0) await store.query("DELETE FROM twin.writer");
    }
    stored = await eventually("rows are visible", async () => {
      const found = await store.readAll();
      return found.some(({ labels }) => labels.path === "source") && found;
    });
    maker.close();
  });

  afterAll(async () => {
    await store?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const of = (path: string) => stored.filter(({ labels }) => labels.path === path);
  /** VictoriaMetrics keeps so many. */
  const digits = (value: unknown) => Number(Number(value).toPrecision(15));
  const ms = (time: bigint) => (time / 1_000_000n) * 1_000_000n;

  it("has each row once, with its time, equal stamps one after the other and late rows at their own time", () => {
    for (const [path, list] of Object.entries(expected)) {
      const found = of(path).map(({ labels, time, fields }) => [fields.value, time, labels.pass ?? "1"]);
      const wanted = list.map(([value, time, pass]): [unknown, bigint, string] => {
        // VictoriaMetrics has ms; PostgreSQL needs no time of its own for each row.
        if (kind === "victoriametrics" && value === 5e-324) return [0, ms(time), "1"];
        if (kind === "victoriametrics") return [digits(value), ms(time), "1"];
        return [value, time, pass];
      });
      if (kind === "postgres") {
        const own = rows.filter(
          (row) => row.path === path && row.numbers !== undefined && Number.isFinite(row.numbers[0]),
        );
        own.forEach((row, i) => {
          const stamped = path === "equal" || path === "late" ? row.stamp : undefined;
          if (stamped !== undefined)
            (wanted[i] as unknown[])[1] = BigInt(stamped[0]) * 1_000_000_000n + BigInt(stamped[1]);
          (wanted[i] as unknown[])[2] = "1";
        });
      }
      const order = (list: unknown[][]) => list.map((row) => row.map(String).join(" ")).sort();
      expect([path, order(found)]).toEqual([path, order(wanted)]);
    }
  });

  it("has whole numbers of 64 bits, texts, flags and objects as they are", () => {
    const fields = (path: string) => of(path).map((row) => row.fields);
    if (kind === "victoriametrics") {
      // Numbers only, as float64.
      expect(fields("text")).toEqual([]);
      expect(fields("json")).toEqual([]);
      expect(
        fields("flag")
          .map(({ flag }) => flag)
          .sort(),
      ).toEqual([0, 1]);
      expect(fields("whole")).toHaveLength(4);
      return;
    }
    const ints = fields("whole")
      .flatMap(({ int, value }) => [int, value])
      .filter((one) => one !== undefined)
      .map(String);
    expect(ints.sort()).toEqual(["-9223372036854775807", "42", "9007199254740993", "9223372036854775807"]);
    expect(fields("unsigned")).toEqual([{ text: "18446744073709551615" }]);
    expect(
      fields("text")
        .map(({ text }) => text)
        .sort(),
    ).toEqual(["", "9007199254740993", nasty].sort());
    const flags = kind === "questdb" ? [{}, { flag: true }] : [{ flag: false }, { flag: true }];
    expect(fields("flag").sort((a, b) => Number(a.flag ?? 0) - Number(b.flag ?? 0))).toEqual(flags);
    const [json] = fields("json").map((one) => one.json);
    const whole = kind === "postgres" ? json : JSON.parse(String(json));
    expect(whole).toEqual({ a: [1, 2, { b: 'c"d\n' }] });
  });

  it("keeps a changed type and a changed unit apart", () => {
    const types = of("type").map(({ fields }) => Object.keys(fields).join());
    if (kind === "victoriametrics") expect(types.sort()).toEqual(["flag", "value", "value"]);
    else expect(types.sort()).toEqual(["flag", "text", "value", "value"]);
    const units = of("unit").map(({ labels, fields }) => [labels.unit, fields.value]);
    expect(units.sort()).toEqual([
      ["m", 1],
      ["mm", 1000],
    ]);
  });

  it("has poses and twists as one field for each number, without those that are none", () => {
    const pose = Object.assign({}, ...of("pose").map(({ fields }) => fields));
    const twist = Object.assign({}, ...of("twist").map(({ fields }) => fields));
    if (kind === "postgres") {
      expect(pose.numbers).toEqual([1, 2, 3, 0, 0, 0.6, 0.8]);
      expect(twist.numbers).toEqual([1, null, 3, 4, 5, 6]);
    } else {
      expect(pose).toEqual({ x: 1, y: 2, z: 3, qx: 0, qy: 0, qz: 0.6, qw: 0.8 });
      expect(twist).toEqual({ linear_x: 1, linear_z: 3, angular_x: 4, angular_y: 5, angular_z: 6 });
    }
  });

  it("has names of any characters and of any length", () => {
    // VictoriaMetrics would cut it, so that two of them might become one.
    const long = kind === "victoriametrics" ? [] : [8];
    expect(of("p".repeat(20_000)).map(({ fields }) => fields.value)).toEqual(long);
    const written = kind === "postgres" ? oddName : 'a b,c=d%5Ce"f%2541%0A漢🤖%5C';
    const [odd] = of(written);
    expect(odd?.labels).toMatchObject({ thing: written, unit: "m s⁻¹", source: "mqtt:a b" });
    expect(odd?.fields.value).toBe(7);
  });

  it("keeps sources and what became of a sample apart, and says what quality a value has", () => {
    const found = of("source").map(({ labels, fields }) => [labels.source, labels.kind, fields.value]);
    expect(found.sort()).toEqual([
      ["mqtt:b", "outranked", 2],
      ["ros:/a", "taken", 1],
    ]);
    const standing = of("standing");
    const quality = (row: StoredRow) => row.labels.quality ?? row.fields.quality;
    const codes = kind === "postgres" ? ["bad", "uncertain"] : [1, 2];
    expect(
      standing
        .map(quality)
        .filter((one) => one !== undefined)
        .sort(),
    ).toEqual(codes);
    if (kind !== "victoriametrics")
      expect(standing.map(({ fields }) => fields.reason).sort()).toEqual(["initial", "no-communication"]);
  });
});
