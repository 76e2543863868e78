import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { eventually } from "../support/eventually.ts";
import { dashboards, grafanaFolder, type Target } from "../support/grafana-dashboards.ts";
import { TwinProcess } from "../support/twin-process.ts";

const root = new URL("../..", import.meta.url).pathname;
const all = dashboards();

/** Grafana's types, with the texts of its enumerations instead of the enumerations: that is what JSON has. */
const preface = `
import type { AnnotationQuery, Dashboard, DataQuery } from "@grafana/schema";
import type { Options as Series } from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
import type { Options as Stat } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { Options as Table } from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type { GraphFieldConfig } from "@grafana/schema";
type Json<T> = T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T
  : T extends readonly (infer U)[] ? Json<U>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
type Own = { datasource: unknown; target: Json<DataQuery> & Record<string, unknown> };
type Annotation = Omit<Json<AnnotationQuery>, keyof Own> & Own;
type Board = Omit<Json<Dashboard>, "annotations"> & { annotations: { list: Annotation[] } };
type Options = { timeseries: Json<Series>; stat: Json<Stat>; table: Omit<Json<Table>, "frameIndex" | "showTypeIcons"> };
`;

describe("Grafana's dashboards", () => {
  it("are what Grafana's own types ask for, the options of their panels among it", () => {
    const folder = join(root, ".cache", "grafana-types");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const lines = all.flatMap(({ dashboard, text }, n) => [
      `export const dashboard${n}: Board = ${text};`,
      ...dashboard.panels.flatMap((panel, i) => [
        `export const options${n}_${i}: Options["${panel.type}"] = ${JSON.stringify(panel.options)};`,
        `export const custom${n}_${i}: Json<GraphFieldConfig> = ${JSON.stringify(panel.fieldConfig.defaults.custom ?? {})};`,
      ]),
    ]);
    const check = (name: string, body: string): string => {
      writeFileSync(join(folder, name), `${preface}${body}\n`);
      const flags = [
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--module",
        "esnext",
        "--moduleResolution",
        "bundler",
      ];
      const tsc = join(root, "node_modules", ".bin", "tsc");
      const ignored = ["--ignoreConfig", "--target", "es2022", "--types", ""];
      const { stdout, stderr } = spawnSync(tsc, [...flags, ...ignored, join(folder, name)], {
        encoding: "utf8",
      });
      return stdout + stderr;
    };
    expect(check("dashboards.ts", lines.join("\n"))).toBe("");
    // The check itself can fail.
    const broken = lines
      .join("\n")
      .replace('"displayMode":"list"', '"displayMode":"lists"')
      .replace('"refresh": 2', '"refresh": "2"');
    expect(check("broken.ts", broken)).toMatch(/TS2322[\s\S]*TS2820/);
  }, 120_000);

  it("have panels that do not overlap, with ids of their own, and sources by variable", () => {
    expect(all.map(({ file }) => file).sort()).toEqual(["devices.json", "fleet.json", "robot.json"]);
    for (const { dashboard, text } of all) {
      const { panels } = dashboard as unknown as {
        panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
      };
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const [i, a] of panels.entries()) {
        expect(a.gridPos.x + a.gridPos.w).toBeLessThanOrEqual(24);
        for (const b of panels.slice(i + 1)) {
          const [p, q] = [a.gridPos, b.gridPos];
          const apart = p.x + p.w <= q.x || q.x + q.w <= p.x || p.y + p.h <= q.y || q.y + q.h <= p.y;
          expect(apart, `${dashboard.uid}: panels ${a.id} and ${b.id}`).toBe(true);
        }
      }
      const sources = new Set([...text.matchAll(/"uid": "(\$\{\w+\})"/g)].map(([, uid]) => uid));
      expect([...sources].sort()).toEqual(["${" + "datasource}", "${" + "infinity}"]);
    }
  });

  it("come with provisioning files that name the sources' types and addresses", () => {
    const read = (path: string): unknown =>
      parse(readFileSync(join(grafanaFolder, "provisioning", path), "utf8"));
    expect(read("datasources/twinbridge.yaml")).toMatchObject({
      apiVersion: 1,
      datasources: [
        {
          type: "prometheus",
          url: "$TWIN_URL/prometheus",
          access: "proxy",
          jsonData: { httpMethod: "POST" },
        },
        { type: "yesoreyeram-infinity-datasource", url: "$TWIN_URL", access: "proxy" },
      ],
    });
    expect(read("dashboards/twinbridge.yaml")).toMatchObject({
      apiVersion: 1,
      providers: [{ type: "file" }],
    });
  });
});

describe("every query of the dashboards, asked as Grafana asks it", () => {
  const twin = new TwinProcess();
  const since = Date.now();

  beforeAll(async () => {
    await twin.up("--port", "0");
    await eventually(
      "the devices are in the history",
      async () => {
        const names = await labelValues('twin_property{device!=""}', "device");
        return names.includes("tool-sensor") && names.includes("gripper-mcu");
      },
      30_000,
    );
    await eventually(
      "a joint has a desired position",
      async () => {
        const paths = await labelValues('twin_property{facet="desired"}', "path");
        return paths.includes("joint/elbow/position");
      },
      30_000,
    );
    // The robot moves long enough for every interval to hold something.
    await new Promise((resolve) => setTimeout(resolve, 8000));
    await fetch(twin.at("/api/stop"), { method: "POST" });
  }, 90_000);

  afterAll(() => twin.remove());

  async function prometheus(path: string, fields: Record<string, string>): Promise<unknown> {
    const answer = await fetch(twin.at(`/prometheus/api/v1/${path}`), {
      method: "POST",
      body: new URLSearchParams(fields),
    });
    const body = (await answer.json()) as { status: string; error?: string; data: unknown };
    if (body.status !== "success") throw new Error(`${path} ${JSON.stringify(fields)}: ${body.error}`);
    return body.data;
  }

  async function labelValues(selector: string, label: string): Promise<string[]> {
    const answer = await fetch(
      twin.at(`/prometheus/api/v1/label/${label}/values?match[]=${encodeURIComponent(selector)}`),
    );
    const { data } = (await answer.json()) as { data: string[] };
    return data;
  }

  /** What Grafana puts in for variables: all values of one that may have several, as a pattern. */
  async function filledIn(
    list: (typeof all)[number]["dashboard"]["templating"]["list"],
  ): Promise<(text: string) => string> {
    const values = new Map<string, string>([
      ["__interval", "5s"],
      ["__rate_interval", "20s"],
    ]);
    const fill = (text: string): string =>
      text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => values.get(name) ?? whole);
    for (const { name, type, query } of list) {
      if (type !== "query") continue;
      const parts = /^label_values\((.*), (\w+)\)$/.exec(query.query ?? "");
      if (parts === null) throw new Error(`${name}: ${query.query} is no label_values(…)`);
      const found = await labelValues(fill(parts[1] as string), parts[2] as string);
      expect(found, `variable ${name}`).not.toEqual([]);
      const escaped = found.map((one) => one.replace(/[\\^$.*+?()[\]{}|]/g, "\\\\$&"));
      values.set(name, found.length === 1 ? (found[0] as string) : `(${escaped.join("|")})`);
    }
    values.set("__from", String(since)).set("__to", String(Date.now()));
    return fill;
  }

  async function rowsOf(
    { url = "", columns = [] }: Target,
    fill: (text: string) => string,
  ): Promise<Record<string, unknown>[]> {
    const answer = await fetch(twin.at(fill(url)));
    expect(answer.status, url).toBe(200);
    const rows = (await answer.json()) as Record<string, unknown>[];
    for (const { selector } of columns) {
      if (selector === "robot") continue;
      expect(
        rows.every((row) => selector in row),
        `${url}: ${selector}`,
      ).toBe(true);
    }
    return rows;
  }

  it.each(all)(
    "$file",
    async ({ dashboard }) => {
      const fill = await filledIn(dashboard.templating.list);
      let asked = 0;
      for (const panel of dashboard.panels) {
        for (const target of panel.targets) {
          const what = `${dashboard.uid}, ${panel.title}, ${target.refId}`;
          asked++;
          if (target.expr === undefined) {
            expect(await rowsOf(target, fill), what).not.toEqual([]);
            continue;
          }
          const query = fill(target.expr);
          expect(query, what).not.toContain("$");
          const now = Math.floor(Date.now() / 5000) * 5;
          const instant = await prometheus("query", { query, time: String(now) });
          const range = await prometheus("query_range", {
            query,
            start: String(now - 900),
            end: String(now),
            step: "5",
          });
          for (const data of target.instant === true ? [instant] : [instant, range]) {
            const { result } = data as {
              result: { value?: [number, string]; values?: [number, string][] }[];
            };
            expect(result, what).not.toEqual([]);
            for (const { value, values = [] } of result) {
              const numbers = (value === undefined ? values : [value]).map(([, text]) => Number(text));
              expect(numbers.every(Number.isFinite), what).toBe(true);
            }
          }
        }
      }
      console.log(`${dashboard.uid}: ${asked} queries returned data`);
    },
    60_000,
  );

  it("shows a stop as an annotation", async () => {
    const stops = all
      .flatMap(({ dashboard }) => dashboard.annotations.list)
      .find(({ name }) => name === "Stops");
    if (stops === undefined) throw new Error("no annotation of stops");
    const fill = await filledIn([]);
    const rows = await eventually("the stop is in the history", async () => {
      const found = await rowsOf(stops.target, fill);
      return found.length > 0 && found;
    });
    expect(rows[0]).toMatchObject({ time: expect.any(Number), title: expect.stringContaining("stop") });
    expect(rows[0]?.time).toBeGreaterThan(since);
  });

  it("gives tables as rows, as one row for each time, and as data frames", async () => {
    const base = `/api/history/table?series=robot/joint/elbow/*&step=1000&from=${since}`;
    const rows =
      await twin.json<{ time: number; series: string; value: number; min: number; max: number }[]>(base);
    expect(rows.length).toBeGreaterThan(5);
    const wide = await twin.json<Record<string, number>[]>(`${base}&shape=wide&value=last`);
    expect(Object.keys(wide[0] ?? {})).toContain("robot/joint/elbow/position");
    const frames = await twin.json<{ schema: { name: string }; data: { values: number[][] } }[]>(
      `${base}&shape=frames`,
    );
    const frame = frames.find(({ schema }) => schema.name === "robot/joint/elbow/position");
    const [times = [], values = []] = frame?.data.values ?? [];
    const same = rows.filter(
      ({ series, time }) => series === "robot/joint/elbow/position" && times.includes(time),
    );
    expect(same.length).toBeGreaterThan(3);
    for (const { time, value, min, max } of same.slice(0, -1)) {
      expect(value).toBe(values[times.indexOf(time)]);
      expect(min).toBeLessThanOrEqual(value);
      expect(max).toBeGreaterThanOrEqual(value);
    }
    const refused = await fetch(twin.at(`${base}&shape=square`));
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: 'shape: "square" is none of rows, wide, frames' },
    ]);
  });
});
