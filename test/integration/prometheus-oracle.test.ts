import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPrometheusRoutes } from "../../src/io/server/prometheus-routes.ts";
import { MemoryHistory } from "../support/memory-history.ts";
import { type GivenSeries, hasPrometheus, Prometheus } from "../support/prometheus.ts";

const begin = Date.parse("2026-03-01T10:00:00Z");
const spanS = 3600;

/** Samples about every second, at odd ms, so that none lies on the edge of a window. */
function wave(seed: number, of: (s: number) => number): [number, number][] {
  const samples: [number, number][] = [];
  for (let s = 0; s < spanS; s++)
    samples.push([begin + s * 1000 + 137 + ((s * 7919 + seed * 131) % 611), of(s)]);
  return samples;
}

const joints = ["elbow", "shoulder_pan", "wrist_1"];
const arm = joints.flatMap((joint, n) => [
  {
    thing: "arm",
    path: `joint/${joint}/position`,
    unit: "rad",
    samples: wave(n, (s) => Math.sin(s / 40 + n) * (n + 1)),
  },
  {
    thing: "arm",
    path: `joint/${joint}/effort`,
    unit: "N·m",
    samples: wave(n + 10, (s) => ((s * (n + 3)) % 97) / 10 - 3),
  },
]);
const rest = [
  { thing: "rover", path: "battery/percentage", unit: "1", samples: wave(20, (s) => 0.9 - s / 20_000) },
  // Counts up and starts again, twice.
  { thing: "rover", path: "counter", unit: "", samples: wave(21, (s) => 100 + (s % 1400) * 2) },
  // Is silent for a quarter of an hour.
  {
    thing: "rover",
    path: "joint/elbow/position",
    unit: "rad",
    samples: wave(22, (s) => Math.cos(s / 13)).filter(([at]) => at < begin + 1e6 || at > begin + 2e6),
  },
];

const instants = [
  "1+1",
  "vector(1)+vector(1)",
  "-1 ^ 2",
  "2 ^ 3 ^ 2 % 7",
  "1 / 0",
  "0 / 0",
  "-7 % 3",
  "time()",
  "pi()",
  "1 > bool 2",
  "scalar(vector(3)) * 2",
  "twin_property",
  'twin_property{joint="elbow"}',
  'twin_property{path=~"joint/.+/position"}',
  'twin_property{path!~"joint/.*"}',
  'twin_property{unit!="rad"}',
  'twin_property{unit=~"N.m"}',
  'twin_property{unit="N\\u00b7m"}',
  'twin_property{joint=~"(?i)ELBOW|wrist_[0-9]"}',
  'twin_property{thing=~"ar"}',
  'twin_property{joint!~""}',
  "sum by (thing) (twin_property) > bool on() group_left vector(1)",
  'twin_property{thing="arm"} * on() group_left vector(2)',
  '{thing="rover"}',
  'twin_property{joint=""}',
  'twin_property{thing="nobody"}',
  'twin_property{path="battery/percentage"} * 100',
  '-twin_property{thing="arm"}',
  'twin_property{thing="arm"} > 0',
  'twin_property{thing="arm"} > bool 0',
  '0 < twin_property{thing="arm"}',
  'abs(twin_property{quantity="position"}) >= 0.5',
  "twin_property offset 10m",
  "twin_property @ 1772361000",
  'rate(twin_property{path="counter"}[5m])',
  'increase(twin_property{path="counter"}[30m])',
  'irate(twin_property{path="counter"}[1m])',
  'delta(twin_property{quantity="position"}[2m])',
  'idelta(twin_property{quantity="position"}[2m])',
  'deriv(twin_property{quantity="position"}[1m])',
  'predict_linear(twin_property{path="battery/percentage"}[10m], 3600)',
  'avg_over_time(twin_property{quantity="effort"}[3m])',
  'min_over_time(twin_property{quantity="effort"}[3m])',
  'max_over_time(twin_property{quantity="effort"}[3m])',
  'sum_over_time(twin_property{quantity="effort"}[3m])',
  'count_over_time(twin_property{quantity="effort"}[3m])',
  'last_over_time(twin_property{quantity="effort"}[3m])',
  'stddev_over_time(twin_property{quantity="effort"}[3m])',
  'stdvar_over_time(twin_property{quantity="effort"}[3m])',
  'quantile_over_time(0.9, twin_property{quantity="effort"}[3m])',
  'present_over_time(twin_property{quantity="effort"}[3m])',
  'changes(twin_property{quantity="effort"}[3m])',
  'resets(twin_property{path="counter"}[50m])',
  "max_over_time(twin_property[30s] offset 5m)",
  'max_over_time(rate(twin_property{path="counter"}[1m])[10m1s:30s])',
  'avg_over_time(twin_property{quantity="position"}[9m50s:])',
  "sum(twin_property)",
  "sum by (thing) (twin_property)",
  "sum(twin_property) by (thing, unit)",
  "avg without (path, joint, quantity) (twin_property)",
  "count by (quantity) (twin_property)",
  "min(twin_property)",
  "max by (robot) (twin_property)",
  "group by (robot) (twin_property)",
  "stddev by (quantity) (twin_property)",
  "stdvar by (quantity) (twin_property)",
  'quantile by (quantity) (0.3, twin_property{thing="arm"})',
  'topk(2, twin_property{quantity="effort"})',
  'bottomk(1, twin_property{quantity="effort"})',
  'topk by (thing) (1, twin_property{quantity="position"})',
  'sort(twin_property{quantity="effort"})',
  'sort_desc(twin_property{quantity="effort"})',
  'twin_property{quantity="effort"} * on(thing, joint) twin_property{quantity="position"}',
  'twin_property{quantity="effort"} - ignoring(path, quantity, unit) twin_property{quantity="position"}',
  'twin_property{quantity="effort",thing="arm"} / on(thing) group_left sum by (thing) (twin_property{quantity="effort"})',
  'sum by (thing) (twin_property{quantity="effort"}) / on(thing) group_right twin_property{quantity="effort",thing="arm"}',
  'twin_property{quantity="position",thing="arm"} * on(joint) group_left(robot) twin_property{thing="rover",quantity="position"}',
  'twin_property{thing="arm"} == on(joint, quantity) twin_property{thing="rover"}',
  'twin_property{thing="arm"} != bool on(joint, quantity) twin_property{thing="rover"}',
  'twin_property{thing="arm"} and on(joint) twin_property{thing="rover"}',
  'twin_property{thing="arm"} unless on(joint) twin_property{thing="rover"}',
  'twin_property{thing="rover"} or on(joint) twin_property{thing="arm"}',
  'round(twin_property{quantity="position"}, 0.25)',
  'clamp(twin_property{quantity="effort"}, -1, 2)',
  'clamp_min(twin_property{quantity="effort"}, 0)',
  'clamp_max(twin_property{quantity="effort"}, 0)',
  'ceil(twin_property{quantity="effort"})',
  'floor(twin_property{quantity="effort"})',
  'sqrt(twin_property{quantity="effort"})',
  'ln(twin_property{quantity="effort"})',
  'exp(twin_property{quantity="effort"})',
  'log2(twin_property{quantity="effort"})',
  'log10(twin_property{quantity="effort"})',
  'sgn(twin_property{quantity="effort"})',
  'deg(twin_property{quantity="position"})',
  'sin(twin_property{quantity="position"})',
  'atan(twin_property{quantity="position"})',
  'twin_property{joint="elbow",quantity="position"} atan2 on(thing) twin_property{joint="elbow",quantity="position"}',
  'timestamp(twin_property{thing="rover"})',
  "timestamp(vector(1))",
  'absent(twin_property{thing="nobody",joint=~"x.*"})',
  'absent(twin_property{thing="arm"})',
  'label_replace(twin_property{thing="arm"}, "part", "$1-$2", "path", "joint/([a-z]+)(.*)")',
  'label_replace(twin_property{thing="arm"}, "thing", "", "thing", "arm")',
  'label_join(twin_property{thing="arm"}, "both", "/", "thing", "joint")',
  "twin_property[20s]",
  'twin_property{thing="rover"}[1m] offset 2m',
];

/** What Prometheus refuses, too, and as which kind of error. */
const refused = [
  'twin_property{thing="arm"} * on(thing) twin_property{thing="arm"}',
  'twin_property{thing="arm"} * on(robot) group_left twin_property{thing="arm"}',
  'twin_property{thing="arm",quantity="position"} * on(thing) sum by (thing) (twin_property)',
  "sum(",
  "rate(twin_property)",
  "1 == 1",
  "{}",
  'label_replace(twin_property, "1x", "", "", "")',
  'label_replace(sum by (joint) (twin_property), "joint", "x", "", "")',
  "nofunction(1)",
  "twin_property[0s]",
  "",
];

type Result = { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] };
type Answer = {
  status: string;
  errorType?: string;
  error?: string;
  data?: { resultType: string; result: unknown };
};

describe.skipIf(!hasPrometheus())("what a real Prometheus computes from the same samples", () => {
  const prometheus = new Prometheus();
  const history = new MemoryHistory();
  let app: FastifyInstance;
  let ours = "";

  beforeAll(async () => {
    const given: GivenSeries[] = [...arm, ...rest].map(({ thing, path, unit, samples }) => {
      history.add(thing, path, samples, { unit });
      const joint = /^joint\/(\w+)\/(\w+)$/.exec(path);
      const labels: Record<string, string> = {
        thing,
        path,
        facet: "reported",
        robot: thing,
        quantity: joint?.[2] ?? path,
      };
      if (joint !== null) labels.joint = joint[1] as string;
      if (unit !== "") labels.unit = unit;
      return { labels, samples };
    });
    await prometheus.load("twin_property", given);
    await prometheus.start();
    app = fastify();
    await addPrometheusRoutes(app, { version: "0", history: () => history, now: () => begin + spanS * 1000 });
    ours = `${await app.listen({ host: "127.0.0.1", port: 0 })}/prometheus`;
  }, 120_000);

  afterAll(async () => {
    await app?.close();
    await prometheus.remove();
  });

  async function ask(base: string, path: string, fields: Record<string, string>): Promise<Answer> {
    const answer = await fetch(`${base}/api/v1/${path}`, {
      method: "POST",
      body: new URLSearchParams(fields),
    });
    return (await answer.json()) as Answer;
  }

  /** The results by their labels, or in their order where that is what counts. */
  function rows({ data }: Answer, inOrder: boolean): [string, [number, string][]][] {
    if (data?.resultType === "scalar" || data?.resultType === "string")
      return [["", [data.result as [number, string]]]];
    const all = ((data?.result ?? []) as Result[]).map(
      ({ metric, value, values }): [string, [number, string][]] => [
        JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))),
        values ?? [value as [number, string]],
      ],
    );
    return inOrder ? all : all.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  function compare(text: string, mine: Answer, theirs: Answer, inOrder = false): number {
    expect(mine.error, text).toBeUndefined();
    expect(mine.data?.resultType, text).toBe(theirs.data?.resultType);
    const [a, b] = [rows(mine, inOrder), rows(theirs, inOrder)];
    expect(
      a.map(([labels]) => labels),
      text,
    ).toEqual(b.map(([labels]) => labels));
    let count = 0;
    for (const [i, [labels, expected]] of b.entries()) {
      const got = a[i]?.[1] ?? [];
      expect(
        got.map(([time]) => time),
        `${text} ${labels}`,
      ).toEqual(expected.map(([time]) => time));
      for (const [n, [time, value]] of expected.entries()) {
        const [x, y] = [
          Number(got[n]?.[1].replace("Inf", "Infinity")),
          Number(value.replace("Inf", "Infinity")),
        ];
        const isSame = Object.is(x, y) || Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y));
        if (!isSame) expect.fail(`${text} ${labels} at ${time}: ${x}, and Prometheus has ${y}`);
        count++;
      }
    }
    return count;
  }

  it.each(instants)("instant: %s", async (query) => {
    const time = String((begin + 1_800_000) / 1000);
    const [mine, theirs] = await Promise.all([
      ask(ours, "query", { query, time }),
      ask(prometheus.url, "query", { query, time }),
    ]);
    expect(theirs.error, query).toBeUndefined();
    compare(query, mine, theirs, /^(sort|topk|bottomk)/.test(query) && !query.includes(" by "));
  });

  it("range queries of every step give the same values at the same times", async () => {
    let [count, queries] = [0, 0];
    const started = performance.now();
    for (const query of instants.filter(
      (one) => !/\[\w+\]( offset \w+)?$/.test(one) && !one.startsWith("sort"),
    )) {
      for (const step of ["15", "1m", "7m"]) {
        // From before the first sample to after the last.
        const fields = {
          query,
          step,
          start: String(begin / 1000 - 300),
          end: String(begin / 1000 + spanS + 400),
        };
        const [mine, theirs] = await Promise.all([
          ask(ours, "query_range", fields),
          ask(prometheus.url, "query_range", fields),
        ]);
        expect(theirs.error, query).toBeUndefined();
        count += compare(`${query} each ${step}`, mine, theirs);
        queries++;
      }
    }
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${queries} range queries, ${count} values equal to Prometheus' own; ${seconds.toFixed(1)} s`,
    );
    expect(count).toBeGreaterThan(50_000);
  }, 120_000);

  it("times are written in every way that Prometheus takes", async () => {
    const query = 'twin_property{joint="elbow"}';
    for (const [start, end, step] of [
      ["2026-03-01T10:10:00Z", "2026-03-01T10:11:00.5Z", "15s"],
      ["2026-03-01T11:10:00.250+01:00", "2026-03-01T11:11:00+01:00", "0.5"],
      ["1772359800.123", "1772359860", "1m30s"],
      ["1.7723598e9", "1772359860", "1e1"],
    ] as [string, string, string][]) {
      const fields = { query, start, end, step };
      const [mine, theirs] = await Promise.all([
        ask(ours, "query_range", fields),
        ask(prometheus.url, "query_range", fields),
      ]);
      expect(theirs.error).toBeUndefined();
      expect(compare(`${start} ${end} ${step}`, mine, theirs)).toBeGreaterThan(0);
    }
    for (const start of ["2026-03-01", "noon", "", "Infinity", "2026-03-01T10:10:00"]) {
      const fields = { query, start, end: "1772359860", step: "1" };
      const [mine, theirs] = await Promise.all([
        ask(ours, "query_range", fields),
        ask(prometheus.url, "query_range", fields),
      ]);
      expect([start, theirs.errorType]).toEqual([start, "bad_data"]);
      expect([start, mine.errorType]).toEqual([start, "bad_data"]);
    }
  });

  it.each(refused)("refused with the same kind of error: %s", async (query) => {
    const time = String((begin + 1_800_000) / 1000);
    const [mine, theirs] = await Promise.all([
      ask(ours, "query", { query, time }),
      ask(prometheus.url, "query", { query, time }),
    ]);
    expect(theirs.status).toBe("error");
    expect([mine.status, mine.errorType]).toEqual([theirs.status, theirs.errorType]);
    expect(mine.error).not.toBe("");
  });

  it("series, labels and their values are listed as Prometheus lists them", async () => {
    const get = async (base: string, path: string): Promise<unknown> => {
      const answer = (await (await fetch(`${base}/api/v1/${path}`)).json()) as { data: unknown };
      return Array.isArray(answer.data)
        ? answer.data.map((one) => JSON.stringify(sortedKeys(one))).sort()
        : answer;
    };
    const span = `start=${begin / 1000}&end=${begin / 1000 + spanS}`;
    for (const path of [
      `series?match[]=twin_property&${span}`,
      `series?match[]=${encodeURIComponent('{joint="elbow"}')}&match[]=${encodeURIComponent('{thing="rover"}')}&${span}`,
      `labels?${span}`,
      `labels?match[]=${encodeURIComponent('{thing="rover"}')}&${span}`,
      `label/path/values?${span}`,
      `label/joint/values?match[]=${encodeURIComponent('twin_property{thing="arm"}')}&${span}`,
      `label/__name__/values?${span}`,
      `label/none/values?${span}`,
    ]) {
      expect(await get(ours, path), path).toEqual(await get(prometheus.url, path));
    }
  });
});

function sortedKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
