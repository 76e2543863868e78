import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenSink, openSink } from "../../src/io/sinks/open-sink.ts";
import type { SinkOptions } from "../../src/io/sinks/sink-options.ts";
import { makeCertificates } from "../support/certificates.ts";
import { eventually } from "../support/eventually.ts";
import { InfluxStore, influxPlan } from "../support/influx-store.ts";
import { JournalMaker } from "../support/journal-maker.ts";
import { PostgresStore, postgresPlan } from "../support/postgres-store.ts";
import { QuestStore, questPlan } from "../support/quest-store.ts";
import { type AnyStore, optionsFor, testPace } from "../support/sink-options.ts";
import { hasServer } from "../support/store-server.ts";
import { VictoriaStore, victoriaPlan } from "../support/victoria-store.ts";

/* Servers that are set up otherwise than the sink needs: it says what is wrong, and one bad row does not hold up the others. */

const begin = Math.floor(Date.now() / 1000) - 100;

describe("a server with a fault", () => {
  let folder = "";
  let maker: JournalMaker;
  let sink: OpenSink | null = null;
  let store: AnyStore | null = null;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-sink-"));
    maker = new JournalMaker(join(folder, "journal"));
  });
  afterEach(async () => {
    await sink?.stop();
    sink = null;
    maker.close();
    await store?.remove();
    store = null;
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (values: (number | string)[]): void =>
    maker.add(
      values.map((value, i) => ({
        path: typeof value === "number" ? "number" : "text",
        received: begin * 1000 + i,
        stamp: [begin, i] as [number, number],
        ...(typeof value === "number" ? { numbers: [value] } : { json: JSON.stringify(value) }),
      })),
    );
  const open = async (options: Partial<SinkOptions> = {}): Promise<OpenSink> => {
    const all = { ...optionsFor(store as AnyStore), ...options } as SinkOptions;
    sink = await openSink(folder, all, Date.now, { ...testPace, retryMs: [50, 200] });
    sink.start();
    return sink;
  };

  describe.skipIf(!hasServer(influxPlan))("InfluxDB", () => {
    it("with a field of another type keeps the rest, and what it left out is counted", async () => {
      const influx = new InfluxStore();
      store = influx;
      await influx.start();
      await influx.query("CREATE DATABASE twin");
      const body = 'twin,thing=old value="text" 1700000000000000000';
      // In the time of the rows: a field has its type in each shard by itself.
      const now = body.replace("1700000000", String(begin));
      await fetch(`http://127.0.0.1:${influx.port}/write?db=twin`, { method: "POST", body: now });
      write([1, "a", 2, "b", 3]);
      const running = await open();
      await eventually("they are sent", () => running.status.sent === 2);
      expect(running.status).toMatchObject({ state: "ok", refused: 3, waiting: 0 });
      expect(running.status.refusal).toContain("field type conflict");
      const rows = (await influx.readAll()).filter(({ labels }) => labels.path === "text");
      expect(rows.map(({ fields }) => fields.text)).toEqual(["a", "b"]);
    });

    it("that keeps an hour only leaves out what is older, which is counted", async () => {
      const influx = new InfluxStore();
      store = influx;
      await influx.start();
      await influx.query("CREATE DATABASE twin WITH DURATION 1h SHARD DURATION 1h");
      const old = begin - 8000;
      maker.add([
        { received: begin * 1000, stamp: [begin, 0], numbers: [1] },
        { received: begin * 1000, stamp: [old, 0], numbers: [2] },
        { received: begin * 1000, stamp: [begin, 1], numbers: [3] },
      ]);
      const running = await open();
      await eventually("they are sent", () => running.status.sent === 2);
      expect(running.status.refusal).toContain("points beyond retention policy");
      expect((await influx.readAll()).map(({ fields }) => fields.value)).toEqual([1, 3]);
    });

    it("that asks for a login gets it, and a wrong one is said", async () => {
      const influx = new InfluxStore();
      store = influx;
      await influx.start();
      await influx.query("CREATE USER boss WITH PASSWORD 'secret word' WITH ALL PRIVILEGES");
      await influx.kill();
      influx.withLogin = true;
      await influx.start();
      write([1, 2, 3]);
      const wrong = await open({ username: "boss", password: "another" });
      await eventually("it is refused", () => wrong.status.state === "error");
      expect(wrong.status.remedy).toContain("password");
      await wrong.stop();
      const right = await open({ username: "boss", password: "secret word" });
      await eventually("they are sent", () => right.status.sent === 3);
    });
  });

  it.skipIf(!hasServer(questPlan))(
    "QuestDB with a table that keeps rows twice is refused, with the remedy",
    async () => {
      const quest = new QuestStore();
      store = quest;
      await quest.start();
      await quest.query(
        "CREATE TABLE twin (timestamp TIMESTAMP, value DOUBLE) TIMESTAMP(timestamp) PARTITION BY DAY WAL",
      );
      write([1, 2, 3]);
      const running = await open();
      await eventually("it is refused", () => running.status.state === "error");
      expect(running.status.reason).toContain("would keep a row twice");
      expect(running.status.remedy).toContain("DEDUP ENABLE UPSERT KEYS(");
      expect(running.status.sent).toBe(0);
      await quest.query("DROP TABLE twin");
      await eventually("they are sent", () => running.status.sent === 3);
      await eventually("they are there", async () => (await quest.readAll()).length === 3);
    },
  );

  it.skipIf(!hasServer(questPlan))(
    "QuestDB with a table of µs gets a µs of its own for each row",
    async () => {
      const quest = new QuestStore();
      store = quest;
      await quest.start();
      const keys = "timestamp, thing, path, facet, source, kind, unit, pass";
      const symbols = keys
        .split(", ")
        .slice(1)
        .map((name) => `${name} SYMBOL`);
      await quest.query(
        `CREATE TABLE twin (timestamp TIMESTAMP, ${symbols.join(", ")}, value DOUBLE) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(${keys})`,
      );
      write([1, 2, 3, 4, 5]);
      const running = await open();
      await eventually("they are sent", () => running.status.sent === 5);
      const rows = await eventually("they are there", async () => {
        const found = await quest.readAll();
        return found.length === 5 && found;
      });
      const times = rows.map(({ time }) => time - BigInt(begin) * 1_000_000n);
      expect(times).toEqual([0n, 1n, 2n, 3n, 4n]);
    },
  );

  it.skipIf(!hasServer(postgresPlan))(
    "PostgreSQL that refuses some rows has all others, and no gap in its cursor",
    async () => {
      const postgres = new PostgresStore();
      store = postgres;
      await postgres.start();
      write([1]);
      const first = await open();
      await eventually("it is sent", () => first.status.sent === 1);
      await postgres.query("ALTER TABLE twin.sample ADD CHECK (value IS NULL OR value < 100)");
      write([2, 200, "a", 300, 5, 400]);
      await eventually("they are dealt with", () => first.status.sent === 4 && first.status.waiting === 0);
      expect(first.status).toMatchObject({ state: "ok", refused: 3 });
      expect(first.status.refusal).toContain("violates check constraint");
      const values = (await postgres.readAll()).map(({ fields }) => fields.value ?? fields.text);
      expect(values.sort()).toEqual([1, 2, 5, "a"]);
      const [writer] = await postgres.query("SELECT cursor FROM twin.writer");
      expect(writer).toEqual({ cursor: String(maker.end.sample) });
    },
  );

  it.skipIf(!hasServer(postgresPlan))(
    "PostgreSQL without the database says so, and goes on when it is made",
    async () => {
      const postgres = new PostgresStore();
      store = postgres;
      await postgres.start();
      write([1, 2]);
      const running = await open({ url: `postgres://twin@127.0.0.1:${postgres.port}/later` });
      await eventually("it is refused", () => running.status.state === "error");
      expect(running.status.remedy).toContain("Create the database");
      await postgres.query("CREATE DATABASE later");
      await eventually("they are sent", () => running.status.sent === 2);
    },
  );

  it.skipIf(!hasServer(postgresPlan))("PostgreSQL is asked for its certificate", async () => {
    const postgres = new PostgresStore();
    store = postgres;
    const { ca } = makeCertificates(postgres.folder);
    await postgres.start();
    write([1, 2]);
    const url = `postgres://twin@localhost:${postgres.port}/twin?sslmode=verify-full`;
    const wrong = await open({ url });
    await eventually("it is refused", () => /certificate/.test(wrong.status.reason));
    expect(wrong.status.sent).toBe(0);
    await wrong.stop();
    const right = await open({ url, ca });
    await eventually("they are sent", () => right.status.sent === 2);
    const [{ ssl } = {}] = await postgres.query("SELECT bool_or(ssl) AS ssl FROM pg_stat_ssl");
    expect(ssl).toBe(true);
  });

  it.skipIf(!hasServer(postgresPlan))("PostgreSQL has views that dashboards can read", async () => {
    const postgres = new PostgresStore();
    store = postgres;
    await postgres.start();
    maker.add([
      { path: "joint/a/position", received: begin * 1000, numbers: [0.5] },
      {
        path: "base/pose",
        valueKind: "pose",
        unit: "",
        received: begin * 1000,
        numbers: [1, 2, 3, 0, 0, 0, 1],
      },
      {
        path: "base/twist",
        valueKind: "twist",
        unit: "",
        received: begin * 1000,
        numbers: [1, 2, 3, 4, 5, 6],
      },
      { path: "joint/a/position", kind: "late", received: begin * 1000 + 1, numbers: [9] },
    ]);
    const running = await open({ tags: { site: "hall" } });
    await eventually("they are sent", () => running.status.sent === 4);
    const measured = await postgres.query(
      "SELECT metric, value, unit, extract(epoch FROM time)::int AS t FROM twin.measured",
    );
    expect(measured).toEqual([{ metric: "robot/joint/a/position", value: 0.5, unit: "rad", t: begin }]);
    expect(await postgres.query("SELECT x, qw FROM twin.poses")).toEqual([{ x: 1, qw: 1 }]);
    expect(await postgres.query("SELECT linear_z, angular_z FROM twin.twists")).toEqual([
      { linear_z: 3, angular_z: 6 },
    ]);
    expect(await postgres.query("SELECT tags->>'site' AS site FROM twin.samples LIMIT 1")).toEqual([
      { site: "hall" },
    ]);
  });

  it.skipIf(!hasServer(victoriaPlan))("VictoriaMetrics taken for InfluxDB is refused", async () => {
    const victoria = new VictoriaStore();
    store = victoria;
    await victoria.start();
    write([1]);
    const running = await open({ kind: "influx", database: "twin" } as Partial<SinkOptions>);
    await eventually("it is refused", () => running.status.state === "error");
    expect(running.status.remedy).toBe("Set `kind: victoriametrics`.");
  });

  it.skipIf(!hasServer(influxPlan))(
    "that was away for longer than the journal goes back has what is left, and the rest is counted",
    async () => {
      maker.add(Array.from({ length: 500 }, (_, i) => ({ received: begin * 1000 + i, numbers: [i] })));
      maker.close();
      const next = new JournalMaker(join(folder, "journal"), "run-2", 500, maker.end);
      next.add(
        Array.from({ length: 10 }, (_, i) => ({ received: begin * 1000 + 500 + i, numbers: [500 + i] })),
      );
      rmSync(join(folder, "journal", "0000000000.seg"));
      const influx = new InfluxStore();
      store = influx;
      await influx.start();
      const running = await open();
      await eventually("they are sent", () => running.status.sent === 10);
      expect(running.status.lost).toBe(500);
      next.close();
    },
  );
});
