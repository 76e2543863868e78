import { setTimeout as sleep } from "node:timers/promises";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { InfluxStore, influxPlan } from "../support/influx-store.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { PostgresStore, postgresPlan } from "../support/postgres-store.ts";
import { hasServer } from "../support/store-server.ts";
import { TwinProcess } from "../support/twin-process.ts";

/* The whole way: MQTT, the twin, its history, two stores. The stores and the twin end in the middle of it. */

const path = "line/level";

describe.skipIf(!hasServer(influxPlan) || !hasServer(postgresPlan) || !hasMosquitto())(
  "a twin with stores for its history",
  () => {
    const twin = new TwinProcess();
    const influx = new InfluxStore();
    const postgres = new PostgresStore();
    const broker = new Mosquitto();
    let client: mqtt.MqttClient;
    let config = "";
    let value = 0;

    beforeAll(async () => {
      await Promise.all([influx.start(), postgres.start(), broker.start()]);
      config = twin.file(
        "twin.yaml",
        [
          "mqtt:",
          `  url: ${broker.url}`,
          "  mappings:",
          "    - topic: plant/level",
          "      payload: /level",
          `      property: ${path}`,
          "      unit: m",
          "      stamp: { payload: /t, unit: ms }",
          "server: { port: 0 }",
          "history:",
          "  sinks:",
          `    - { kind: influx, url: "http://127.0.0.1:${influx.port}", series: ["*/${path}"], tags: { site: hall } }`,
          "    - kind: postgres",
          `      url: postgres://twin@127.0.0.1:${postgres.port}/twin`,
          `      passwordFile: ${postgres.passwordFile}`,
          `      series: ["*/${path}"]`,
        ].join("\n"),
      );
      client = await mqtt.connectAsync(broker.url);
    });
    afterAll(async () => {
      client?.end(true);
      await twin.remove();
      await Promise.all([influx.remove(), postgres.remove(), broker.remove()]);
    });

    const up = async (): Promise<void> => {
      await twin.up("--config", config);
      const isThere = async () => !(await sources()).reasons.some((reason) => /mqtt|starting/.test(reason));
      await eventually("the broker is there", isThere);
    };
    const publish = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        value++;
        await client.publishAsync("plant/level", JSON.stringify({ level: value, t: Date.now() }), { qos: 1 });
        if (i % 5 === 4) await sleep(5);
      }
      await eventually("the twin has the last one", async () => (await levelOf()) === value);
    };
    const levelOf = async (): Promise<unknown> => {
      const { things } = await twin.twin();
      return things.robot?.properties[path]?.reported?.value;
    };
    const sources = async () =>
      (await (await fetch(new URL("/readyz", twin.url))).json()) as { reasons: string[] };
    const metric = async (line: string): Promise<string | undefined> => {
      const text = await (await fetch(new URL("/metrics", twin.url))).text();
      return text
        .split("\n")
        .find((one) => one.startsWith(`${line} `))
        ?.slice(line.length + 1);
    };
    const valuesIn = async (store: InfluxStore | PostgresStore): Promise<number[]> => {
      const rows = await store.readAll();
      return rows
        .filter(({ labels }) => labels.path === path && labels.kind === "taken")
        .map(({ fields }) => Number(fields.value))
        .sort((a, b) => a - b);
    };

    it("sends every sample to each of them once, whatever ends in between", async () => {
      await up();
      await publish(200);
      const sent = `twin_history_sink_rows_total{sink="influx:127.0.0.1:${influx.port}",result="sent"}`;
      await eventually("metrics say so", async () => Number(await metric(sent)) >= 200);

      await Promise.all([influx.kill(), postgres.kill()]);
      await publish(200);
      const isUp = `twin_history_sink_up{sink="influx:127.0.0.1:${influx.port}"}`;
      await eventually("it is said to be lost", async () => (await metric(isUp)) === "0");
      // The twin does its work without them.
      expect((await sources()).reasons.filter((reason) => /influx|postgres/.test(reason))).toEqual([]);
      await eventually("the log says so", () => /influx:127\.0\.0\.1:\d+ lost/.test(twin.err));

      // It is killed, and started again while both are away.
      twin.signal("SIGKILL");
      await twin.ended();
      await up();
      await publish(200);
      // It ends in order: what waits must stay on the disk.
      await twin.stop();
      await Promise.all([influx.start(), postgres.start()]);
      await up();
      await publish(100);
      const all = Array.from({ length: value }, (_, i) => i + 1);
      for (const store of [influx, postgres]) {
        await eventually("all is there", async () => (await valuesIn(store)).length >= value, 30_000).catch(
          () => undefined,
        );
        expect(await valuesIn(store)).toEqual(all);
      }
      const [row] = await influx.readAll();
      expect(row?.labels).toMatchObject({ thing: "robot", unit: "m", site: "hall", facet: "reported" });
      expect(`${twin.err}${twin.out}`).not.toContain("sécret");
    });

    it("has the same rows as its own history", async () => {
      const query = new URLSearchParams({
        series: `*/${path}`,
        format: "csv",
        from: String(Date.now() - 600_000),
      });
      const text = await (await fetch(new URL(`/api/history?${query}`, twin.url))).text();
      const [head = "", ...lines] = text.trim().split("\n");
      const columns = head.trim().split(",");
      const [at, kind] = [columns.indexOf("value"), columns.indexOf("kind")];
      expect(Math.min(at, kind)).toBeGreaterThan(0);
      const own = lines
        .map((line) => line.trim().split(","))
        .filter((cells) => cells[kind] === "taken")
        .map((cells) => Number(cells[at]))
        .sort((a, b) => a - b);
      expect(own).toEqual(await valuesIn(influx));
    });
  },
  120_000,
);
