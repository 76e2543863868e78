import fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import type { History } from "../../../../src/history/history-query.ts";
import { addPrometheusRoutes } from "../../../../src/io/server/prometheus-routes.ts";
import { MemoryHistory } from "../../../support/memory-history.ts";

const day = 86_400_000;
const begin = Date.parse("2026-03-01T00:00:00Z");

type Answer = {
  status: string;
  errorType?: string;
  error?: string;
  data?: { resultType: string; result: { metric: Record<string, string>; values: [number, string][] }[] };
};

describe("the Prometheus API", () => {
  let app: FastifyInstance | undefined;
  afterEach(() => app?.close());

  async function ask(
    history: History | null,
    path: string,
    fields: Record<string, string> = {},
  ): Promise<[number, Answer]> {
    await app?.close();
    app = fastify();
    await addPrometheusRoutes(app, { version: "1.2.3", history: () => history, now: () => begin + day });
    const url = `/prometheus/api/v1/${path}?${new URLSearchParams(fields)}`;
    const { statusCode, payload } = await app.inject({ method: "GET", url });
    return [statusCode, JSON.parse(payload) as Answer];
  }

  const arm = (count: number, everyMs: number): MemoryHistory =>
    new MemoryHistory().add(
      "arm",
      "joint/elbow/position",
      Array.from({ length: count }, (_, i) => [begin + i * everyMs, i % 1000] as const),
    );

  it("computes a short time from every sample and a long one from the roll-ups", async () => {
    const few = arm(1000, 20);
    await ask(few, "query_range", {
      query: "twin_property",
      start: String(begin / 1000),
      end: String(begin / 1000 + 60),
      step: "1",
    });
    expect(few.calls).toContain("samples");
    expect(few.calls).not.toContain("points");
    const many = arm(120_000, 100);
    const fields = { start: String(begin / 1000), end: String(begin / 1000 + 12_000), step: "60" };
    const [, { data }] = await ask(many, "query_range", {
      ...fields,
      query: "max_over_time(twin_property[10m])",
    });
    expect(many.calls).toContain("points");
    expect(many.calls).not.toContain("samples");
    // Extremes and counts are those of all samples, also where only buckets are read.
    expect(new Set(data?.result[0]?.values.slice(11, 190).map(([, value]) => value))).toEqual(
      new Set(["999"]),
    );
    const counted = await ask(many, "query_range", {
      ...fields,
      query: "count_over_time(twin_property[10m])",
    });
    expect(new Set(counted[1].data?.result[0]?.values.slice(11, 190).map(([, value]) => value))).toEqual(
      new Set(["6000"]),
    );
    const plain = await ask(many, "query_range", { ...fields, query: "twin_property" });
    for (const [time, value] of plain[1].data?.result[0]?.values.slice(1, 190) ?? []) {
      expect(Number(value)).toBe(((time * 1000 - begin) / 100 - 1) % 1000);
    }
  });

  it("shows no value after a facet was cleared, and one for five minutes after the last sample", async () => {
    const history = new MemoryHistory()
      .add("arm", "a", [
        [begin, 1],
        [begin + 60_000, Number.NaN],
      ])
      .add("arm", "b", [[begin, 2]]);
    const fields = {
      start: String(begin / 1000),
      end: String(begin / 1000 + 600),
      step: "30",
      query: "twin_property",
    };
    const [, { data }] = await ask(history, "query_range", fields);
    expect(data?.result.map(({ values }) => values.length)).toEqual([2, 10]);
  });

  it.each([
    [{ query: "1 +", time: "1" }, 400, "bad_data", "1:4: parse error: unexpected end of input"],
    [{ query: "1", time: "noon" }, 400, "bad_data", 'invalid parameter "time"'],
    [{ query: "1", timeout: "-1" }, 400, "bad_data", 'invalid parameter "timeout"'],
    [{ query: "max_over_time(twin_property[30d:1s])" }, 422, "execution", "a subquery may have 11000 steps"],
  ])("%o is refused as Prometheus refuses it", async (fields, status, errorType, error) => {
    const [code, answer] = await ask(arm(10, 20), "query", fields as unknown as Record<string, string>);
    expect([code, answer.errorType]).toEqual([status, errorType]);
    expect(answer.error).toContain(error);
  });

  it.each([
    [{ step: "0" }, "zero or negative query resolution step widths"],
    [{ step: "x" }, 'invalid parameter "step"'],
    [{ end: "1" }, "end timestamp must not be before start time"],
    [{ step: "1", start: "0" }, "exceeded maximum resolution of 11,000 points"],
    [{ query: "twin_property[5m]" }, 'invalid expression type "range vector" for range query'],
  ])("a range query with %o is refused", async (changed, error) => {
    const good = { query: "twin_property", start: "1000", end: "100000000", step: "1d" };
    const [code, answer] = await ask(arm(10, 20), "query_range", { ...good, ...changed } as Record<
      string,
      string
    >);
    expect([code, answer.errorType]).toEqual([400, "bad_data"]);
    expect(answer.error).toContain(error);
  });

  it("limits what one query holds in memory", async () => {
    const history = new MemoryHistory();
    for (let i = 0; i < 500; i++) history.add("arm", `n${i}`, [[begin, i]]);
    const fields = {
      query: "twin_property",
      start: String(begin / 1000),
      end: String(begin / 1000 + 10_000),
      step: "1",
    };
    const [code, answer] = await ask(history, "query_range", fields);
    expect([code, answer.errorType]).toEqual([422, "execution"]);
    expect(answer.error).toContain("values in memory");
  });

  it("says that there is no history where there is none", async () => {
    const [code, answer] = await ask(null, "query", { query: "1" });
    expect([code, answer.errorType]).toEqual([503, "unavailable"]);
    expect(answer.error).toContain("history.enabled");
  });

  it("answers many requests at once, in their turn", async () => {
    const history = arm(1000, 20);
    await ask(history, "labels");
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        app?.inject({ method: "GET", url: `/prometheus/api/v1/query?query=${i}%2B1` }),
      ),
    );
    expect(all.map((one) => JSON.parse(one?.payload ?? "").data.result[1])).toEqual(
      Array.from({ length: 30 }, (_, i) => String(i + 1)),
    );
  });

  it("takes names from outside as names: __proto__ is a label like another", async () => {
    const history = arm(10, 20);
    for (const query of [
      "sum by (__proto__, constructor) (twin_property)",
      "twin_property * on(__proto__) vector(1)",
    ]) {
      const [code] = await ask(history, "query", { query, time: String(begin / 1000 + 1) });
      expect(code).toBe(200);
    }
    const [, answer] = await ask(history, "label/__proto__/values");
    expect(answer.data).toEqual([]);
  });
});
