import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./mosquitto.ts";
import { answers, findProgram, type ServerPlan, type StoredRow, StoreServer } from "./store-server.ts";

export const influxPlan: ServerPlan = {
  program: findProgram("influxd", "/usr/bin/influxd"),
  hint: "no InfluxDB 1 found (apt-get install influxdb)",
  args: (_, folder) => ["run", "-config", join(folder, "influx.conf")],
  isUp: (port) => answers(`http://127.0.0.1:${port}/ping`),
};

/** InfluxDB 1. */
export class InfluxStore extends StoreServer {
  withLogin = false;

  constructor() {
    super(influxPlan);
  }

  override async start(): Promise<void> {
    const { folder } = this;
    if (this.port === 0) this.port = await freePort();
    const lines = [
      "reporting-disabled = true",
      'bind-address = "127.0.0.1:0"',
      `[meta]\ndir = "${folder}/meta"`,
      `[data]\ndir = "${folder}/data"\nwal-dir = "${folder}/wal"\nquery-log-enabled = false`,
      `[http]\nbind-address = "127.0.0.1:${this.port}"\nlog-enabled = false\nmax-row-limit = 0\nauth-enabled = ${this.withLogin}`,
      "[monitor]\nstore-enabled = false",
    ];
    writeFileSync(join(folder, "influx.conf"), lines.join("\n"));
    await super.start();
  }

  async query(q: string, db = "twin"): Promise<{ columns: string[]; values: unknown[][] }[]> {
    const url = `http://127.0.0.1:${this.port}/query?db=${db}&epoch=ns&q=${encodeURIComponent(q)}`;
    const answer = await fetch(url, { method: "POST" });
    // Times and whole numbers beyond 2^53 stay exact as texts.
    const text = (await answer.text()).replace(/([[,])(-?\d{16,})(?=[,\]])/g, '$1"$2"');
    const { results } = JSON.parse(text) as { results: { series?: never[]; error?: string }[] };
    if (results[0]?.error !== undefined) throw new Error(results[0].error);
    return results[0]?.series ?? [];
  }

  async readAll(): Promise<StoredRow[]> {
    const tags = ["thing", "path", "facet", "source", "kind", "unit", "pass", "site"];
    return (await this.query("SELECT * FROM twin")).flatMap(({ columns, values }) =>
      values.map((row) => {
        const labels: Record<string, string> = {};
        const fields: Record<string, unknown> = {};
        let time = 0n;
        columns.forEach((name, i) => {
          if (name === "time") time = BigInt(String(row[i]));
          else if (row[i] === null) return;
          else if (tags.includes(name)) labels[name] = String(row[i]);
          else fields[name] = row[i];
        });
        return { labels, time, fields };
      }),
    );
  }
}
