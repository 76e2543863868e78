import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBagPython, runBagPython } from "../support/bag-python.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";

type Samples = { series: { name: string; time: number[]; value: number[] }[] };
type Read = { reader: string; topic: string; log: string; decoded: { name: string[]; position: number[] } };

describe.skipIf(!hasBagPython())("an export of the demo's history", () => {
  const twin = new TwinProcess();
  const tool = new TwinProcess();
  const elbow = "robot/joint/elbow/position";
  let from = 0;
  let to = 0;
  /** Arrival and value of each sample, as the API gives them. */
  let truth: [number, number][] = [];
  const out = (name: string): string => join(tool.folder, name);

  beforeAll(async () => {
    await twin.up("--port", "0");
    const address = twin.url.replace(/\/$/, "");
    await eventually(
      "some seconds of the elbow are in the history",
      async () => {
        const answer = await fetch(`${address}/api/history?series=${elbow}&from=0&to=99999999999999`);
        if (!answer.ok) return undefined;
        const { series } = (await answer.json()) as Samples;
        return (series[0]?.time.length ?? 0) > 300 ? true : undefined;
      },
      30_000,
    );
    const answer = await fetch(`${address}/api/history?series=${elbow}&from=0&to=99999999999999`);
    const { series } = (await answer.json()) as Samples;
    const { time = [], value = [] } = series[0] ?? {};
    from = (time[50] as number) - 0.01;
    to = time[250] as number;
    truth = time.slice(50, 250).map((at, i) => [at, value[50 + i] as number]);
  });
  afterAll(async () => {
    await twin.remove();
    await tool.remove();
  });

  async function exported(name: string, ...more: string[]): Promise<void> {
    const range = ["--from", String(from), "--to", String(to), "--out", out(name), "--json"];
    tool.start("export", ...range, ...more);
    const { code, err, out: said } = await tool.ended();
    expect(code, err).toBe(0);
    expect(JSON.parse(said)).toMatchObject({ file: out(name) });
  }

  const address = (): string[] => [
    "--url",
    twin.url,
    "--series",
    "robot/joint/elbow/*",
    "--facet",
    "reported",
  ];

  it("as CSV has every sample exactly", async () => {
    await exported("run.csv", ...address());
    const rows = readFileSync(out("run.csv"), "utf8").trimEnd().split("\r\n").slice(1);
    const own = rows.map((row) => row.split(",")).filter(([, , name]) => name === elbow);
    expect(own.map(([time, , , , , value]) => [Number(time), Number(value)])).toEqual(truth);
  });

  it("as Parquet has every sample, in typed columns", async () => {
    await exported("run.parquet", ...address());
    const bytes = readFileSync(out("run.parquet"));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const rows = (await parquetReadObjects({ file })) as { series: string; value: number; time: Date }[];
    const own = rows.filter(({ series }) => series === elbow);
    expect(own.map(({ value }) => value)).toEqual(truth.map(([, value]) => value));
    const times = own.map(({ time }) => time.getTime());
    for (const [i, time] of times.entries()) expect(Math.abs(time - (truth[i]?.[0] ?? 0))).toBeLessThan(1);
  });

  it("as MCAP has joint states that Python decodes, with the same values and times", async () => {
    await exported("run.mcap", ...address());
    const read = (await runBagPython("read_bag.py", [out("run.mcap")])) as Read[];
    for (const reader of ["mcap", "rosbags"]) {
      const own = read.filter((one) => one.reader === reader && one.topic === "/robot/joint_states");
      expect(own.map(({ decoded }) => decoded.position[decoded.name.indexOf("elbow")])).toEqual(
        truth.map(([, value]) => value),
      );
      for (const [i, { log }] of own.entries()) {
        expect(Math.abs(Number(BigInt(log) / 1000n) / 1000 - (truth[i]?.[0] ?? 0))).toBeLessThan(0.01);
      }
    }
  });

  it("says what to do where there is no twin and no history, and writes no file", async () => {
    tool.start("export", "--from", "10m", "--port", "1", "--out", out("none.csv"));
    const { code, err } = await tool.ended();
    expect(code).toBe(1);
    expect(err).toMatch(
      /^twin: no twin answers at 127\.0\.0\.1:1 .*start it, or name it with --url; there is no history in/,
    );
    expect(() => readFileSync(out("none.csv"))).toThrow();
  });
});
