import { describe, expect, it } from "vitest";
import { sinkList } from "../../../src/io/config/sink-schema.ts";

const read = (...sinks: object[]) => {
  const result = sinkList.safeParse(sinks);
  if (result.success) return result.data;
  return result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
};

describe("the sinks of the configuration", () => {
  it("need a kind and an address, and have a default for everything else", () => {
    expect(read({ kind: "influx", url: "http://127.0.0.1:8086" })).toEqual([
      {
        kind: "influx",
        url: "http://127.0.0.1:8086",
        measurement: "twin",
        series: ["*"],
        facets: ["reported", "desired", "estimated"],
        time: "stamp",
        tags: {},
      },
    ]);
    expect(read({ kind: "postgres", url: "postgres://a@b/c" })).toMatchObject([{ schema: "twin" }]);
  });

  it("are refused with a wrong address, which is not shown", () => {
    for (const url of ["influx", "ftp://a", "postgres://user:s3cret@host/db", "http://"]) {
      expect(read({ kind: "influx", url })).toEqual([
        "0.url: it must be an address as http://127.0.0.1:8086",
      ]);
    }
    expect(read({ kind: "mongo", url: "http://a" })).toEqual([
      "0.kind: `kind` must be one of influx, questdb, victoriametrics, postgres",
    ]);
  });

  it("are refused with what contradicts itself", () => {
    const influx = { kind: "influx", url: "http://a:8086" };
    expect(read({ ...influx, database: "a", bucket: "b" })).toEqual([
      "0.bucket: InfluxDB 1 has a `database`, InfluxDB 2 and 3 a `bucket`: give one of them",
    ]);
    expect(read({ ...influx, token: "a", tokenFile: "b" })).toEqual([
      "0.tokenFile: there is a token already",
    ]);
    expect(read(influx, { ...influx, series: ["a"] })).toEqual([
      "1.url: another sink writes to the same place",
    ]);
    expect(read(influx, { ...influx, bucket: "b" })).toHaveLength(2);
    expect(read({ ...influx, measurement: "a b" })).toHaveLength(1);
    expect(read({ ...influx, tags: { path: "x" } })).toHaveLength(1);
    expect(read({ kind: "postgres", url: "postgres://a/b", schema: 'x"; DROP TABLE y' })).toHaveLength(1);
    expect(read({ kind: "postgres", url: "postgres://a/b", token: "x" })).toHaveLength(1);
  });
});
