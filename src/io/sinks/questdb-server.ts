import { LineWriter, seriesTags } from "../../history/line-protocol.ts";
import { authorization, readCredentials } from "./credentials.ts";
import { HttpSession, oneLine, unusable } from "./http-session.ts";
import type { LineServer } from "./line-sender.ts";
import type { Away } from "./row-sender.ts";
import { type QuestOptions, sinkName } from "./sink-options.ts";

const columns = [
  ...["value", "x", "y", "z", "qx", "qy", "qz", "qw"],
  ...["linear_x", "linear_y", "linear_z", "angular_x", "angular_y", "angular_z"],
].map((name) => `${name} DOUBLE`);

type Table = { dataset?: [name: string, type: string, upsertKey: boolean][]; error?: string };

/**
 * QuestDB. It keeps both of two equal rows unless the table has `DEDUP UPSERT KEYS`, so the table is made here, and one
 * that is there is checked. Times are in ns; in µs where the server is older than 9.1.
 */
export function questServer(options: QuestOptions, timeoutMs: number): LineServer {
  const { url, measurement, tags, ca, time } = options;
  const session = new HttpSession(url, timeoutMs, ca);
  const keys = ["timestamp", ...Object.keys(tags), ...seriesTags];
  const run = (query: string) => session.call({ method: "GET", path: "/exec", query: { query } });
  const create = (type: string): string => {
    const symbols = keys.slice(1).map((name) => `"${name}" SYMBOL`);
    const others = [
      ...columns,
      '"int" LONG',
      '"text" VARCHAR',
      "flag BOOLEAN",
      "json VARCHAR",
      "quality LONG",
      "reason VARCHAR",
    ];
    const list = [`timestamp ${type}`, ...symbols, ...others].join(", ");
    const unique = keys.map((name) => `"${name}"`).join(", ");
    return `CREATE TABLE IF NOT EXISTS "${measurement}" (${list}) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(${unique})`;
  };
  return {
    name: sinkName(options),
    session,
    writer: new LineWriter({ measurement, tags, lineBreaks: "escaped", numbersOnly: false }),
    time,
    path: "/write",
    query: { precision: "n" },
    async prepare() {
      session.authorization = authorization(await readCredentials(options), "Bearer");
      let made = await run(create("TIMESTAMP_NS"));
      if (made.status === 400) made = await run(create("TIMESTAMP"));
      const fault = unusable(made);
      if (fault !== null) return fault;
      if (made.status !== 200)
        return wrong(`the table ${measurement} could not be created: ${oneLine(made.text)}`);
      const answer = await run(`SELECT "column", type, upsertKey FROM table_columns('${measurement}')`);
      const away = unusable(answer);
      if (away !== null) return away;
      let table: Table = {};
      try {
        table = JSON.parse(answer.text) as Table;
      } catch {
        return wrong(`the server is not QuestDB: ${oneLine(answer.text)}`, "Check `kind` and `url`.");
      }
      const found = table.dataset ?? [];
      const lacking = keys.filter((key) => !found.some(([name, , isKey]) => name === key && isKey));
      if (lacking.length > 0) {
        return wrong(
          `the table ${measurement} would keep a row twice: ${lacking.join(", ")} not in its DEDUP UPSERT KEYS`,
          `Rename it, or set another \`measurement\`, or run: ALTER TABLE "${measurement}" DEDUP ENABLE UPSERT KEYS(${keys.join(", ")})`,
        );
      }
      const isNs = found.some(([name, type]) => name === "timestamp" && type === "TIMESTAMP_NS");
      return { kind: "ready", stepNs: isNs ? 1 : 1000 };
    },
  };
}

function wrong(reason: string, remedy = "Check the rights of the user and the name of the table."): Away {
  return { kind: "away", state: "error", reason, remedy };
}
