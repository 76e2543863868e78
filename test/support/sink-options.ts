import type { SinkPace } from "../../src/io/sinks/open-sink.ts";
import type { SinkOptions } from "../../src/io/sinks/sink-options.ts";
import { InfluxStore, influxPlan } from "./influx-store.ts";
import { PostgresStore, postgresPlan } from "./postgres-store.ts";
import { QuestStore, questPlan } from "./quest-store.ts";
import type { ServerPlan } from "./store-server.ts";
import { VictoriaStore, victoriaPlan } from "./victoria-store.ts";

export const sinkKinds = ["influx", "questdb", "victoriametrics", "postgres"] as const;
export type SinkKind = (typeof sinkKinds)[number];
export type AnyStore = InfluxStore | QuestStore | VictoriaStore | PostgresStore;

export const plans: Record<SinkKind, ServerPlan> = {
  influx: influxPlan,
  questdb: questPlan,
  victoriametrics: victoriaPlan,
  postgres: postgresPlan,
};

/** A little less patient than in use, so that a test need not wait. */
export const testPace: SinkPace = {
  batchRows: 5000,
  retryMs: [100, 2000],
  idleMs: 50,
  timeoutMs: 5000,
  settleMs: 10_000,
  quietMs: 3000,
};

export function newStore(kind: SinkKind): AnyStore {
  switch (kind) {
    case "influx":
      return new InfluxStore();
    case "questdb":
      return new QuestStore();
    case "victoriametrics":
      return new VictoriaStore();
    case "postgres":
      return new PostgresStore();
  }
}

export function optionsFor(store: AnyStore): SinkOptions {
  const common = {
    series: ["*"],
    facets: ["reported" as const, "desired" as const, "estimated" as const, "predicted" as const],
    time: "stamp" as const,
    tags: {},
  };
  const url = `http://127.0.0.1:${store.port}`;
  if (store instanceof InfluxStore)
    return { ...common, kind: "influx", url, measurement: "twin", database: "twin" };
  if (store instanceof QuestStore) return { ...common, kind: "questdb", url, measurement: "twin" };
  if (store instanceof VictoriaStore) return { ...common, kind: "victoriametrics", url, measurement: "twin" };
  const { passwordFile } = store;
  return {
    ...common,
    kind: "postgres",
    url: `postgres://twin@127.0.0.1:${store.port}/twin`,
    passwordFile,
    schema: "twin",
  };
}
