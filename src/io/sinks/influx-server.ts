import { LineWriter } from "../../history/line-protocol.ts";
import { authorization, readCredentials } from "./credentials.ts";
import { type HttpAnswer, HttpSession, oneLine, unusable } from "./http-session.ts";
import type { LineServer } from "./line-sender.ts";
import type { Away } from "./row-sender.ts";
import { type InfluxOptions, sinkName } from "./sink-options.ts";

/** InfluxDB 1 (`database`) by `/write`, InfluxDB 2 and 3 (`bucket`) by `/api/v2/write`. */
export function influxServer(options: InfluxOptions, timeoutMs: number): LineServer {
  const { url, measurement, tags, database, retentionPolicy, bucket, org, ca, time } = options;
  const session = new HttpSession(url, timeoutMs, ca);
  const isFirst = bucket === undefined;
  const query: Record<string, string> = { precision: "ns" };
  if (isFirst) {
    query.db = database ?? "twin";
    if (retentionPolicy !== undefined) query.rp = retentionPolicy;
  } else {
    query.bucket = bucket;
    if (org !== undefined) query.org = org;
  }
  return {
    name: sinkName(options),
    session,
    writer: new LineWriter({ measurement, tags, lineBreaks: "raw", numbersOnly: false }),
    time,
    path: isFirst ? "/write" : "/api/v2/write",
    query,
    async prepare() {
      session.authorization = authorization(await readCredentials(options), "Token");
      const ping = await session.call({ method: "GET", path: "/ping" });
      const other = otherServer(ping);
      if (other !== null) return other;
      // InfluxDB 3 may ask for a token here, too.
      const away = ping.status >= 500 ? unusable(ping) : null;
      if (away !== null) return away;
      const fault = isFirst ? await createDatabase(session, database ?? "twin") : null;
      return fault ?? { kind: "ready", stepNs: 1 };
    },
  };
}

/** Servers that speak line protocol, too, but would keep a row twice if they were treated as InfluxDB. */
function otherServer({ headers }: HttpAnswer): Away | null {
  const away = (is: string, kind: string): Away => ({
    kind: "away",
    state: "error",
    reason: `the server is ${is}, not InfluxDB`,
    remedy: `Set \`kind: ${kind}\`.`,
  });
  if (/questdb/i.test(String(headers.server ?? ""))) return away("QuestDB", "questdb");
  if (headers["x-server-hostname"] !== undefined) return away("VictoriaMetrics", "victoriametrics");
  return null;
}

/** Does nothing where the database is there, and where the user may not make one: the write says what is wrong then. */
async function createDatabase(session: HttpSession, name: string): Promise<Away | null> {
  const q = `CREATE DATABASE "${name.replace(/[\\"]/g, "\\$&")}"`;
  const answer = await session.call({ method: "POST", path: "/query", query: { q } });
  if (answer.status < 400) return null;
  // Only administrators may create one.
  if (answer.status === 403) return null;
  return (
    unusable(answer) ?? {
      kind: "away",
      state: "error",
      reason: `the database ${name} could not be created: HTTP ${answer.status}: ${oneLine(answer.text)}`,
      remedy: "Check `database`.",
    }
  );
}
