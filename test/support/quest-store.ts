import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { answers, findProgram, type ServerPlan, type StoredRow, StoreServer } from "./store-server.ts";

const version = "9.3.4";
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
/** Where scripts/test.mjs has Maven put it, or QUESTDB_JAR. */
const folder = join(cache, "twinbridge", "questdb");
const jar = [process.env.QUESTDB_JAR ?? "", join(folder, `questdb-${version}.jar`)].find(
  (path) => path !== "" && existsSync(path),
);
const java = findProgram("java");

export const questPlan: ServerPlan = {
  program: jar === undefined ? null : java,
  hint:
    java === null
      ? "no Java found for QuestDB (apt-get install default-jre-headless)"
      : `no QuestDB found (mvn dependency:copy -Dartifact=org.questdb:questdb:${version} -DoutputDirectory=${folder}, or set QUESTDB_JAR)`,
  args: (_, folder) => ["-Xmx512m", "-p", jar ?? "", "-m", "io.questdb/io.questdb.ServerMain", "-d", folder],
  env: (port) => ({
    QDB_HTTP_BIND_TO: `127.0.0.1:${port}`,
    QDB_HTTP_MIN_ENABLED: "false",
    QDB_PG_ENABLED: "false",
    QDB_LINE_TCP_ENABLED: "false",
    QDB_TELEMETRY_ENABLED: "false",
    QDB_SHARED_WORKER_COUNT: "1",
  }),
  isUp: (port) => answers(`http://127.0.0.1:${port}/ping`),
};

export class QuestStore extends StoreServer {
  constructor() {
    super(questPlan);
  }

  async query(text: string): Promise<{ columns: { name: string }[]; dataset: unknown[][] }> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/exec?query=${encodeURIComponent(text)}`);
    const body = (await answer.text()).replace(/([[,])(-?\d{16,})(?=[,\]])/g, '$1"$2"');
    const read = JSON.parse(body) as { error?: string; columns: { name: string }[]; dataset: unknown[][] };
    if (read.error !== undefined) throw new Error(read.error);
    return read;
  }

  async readAll(): Promise<StoredRow[]> {
    const tags = ["thing", "path", "facet", "source", "kind", "unit", "pass", "site"];
    const { columns, dataset } = await this.query("SELECT *, timestamp::long AS t FROM twin");
    return dataset.map((row) => {
      const labels: Record<string, string> = {};
      const fields: Record<string, unknown> = {};
      let time = 0n;
      columns.forEach(({ name }, i) => {
        if (name === "t") time = BigInt(String(row[i]));
        else if (name === "timestamp" || row[i] === null) return;
        else if (tags.includes(name)) labels[name] = String(row[i]);
        // A column of type BOOLEAN knows no null: false says nothing.
        else if (name !== "flag" || row[i] === true) fields[name] = row[i];
      });
      return { labels, time, fields };
    });
  }
}
