import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Client } from "pg";
import type { RowSeries, SinkRow } from "../../history/sink-row.ts";
import { SqlColumns, type SqlRow, sqlRow } from "../../history/sql-columns.ts";
import { readCredentials } from "./credentials.ts";
import { postgresFault } from "./postgres-fault.ts";
import { hypertableOf, insertInto, tablesOf } from "./postgres-schema.ts";
import {
  type Away,
  type Outgoing,
  type Ready,
  type RowSender,
  type SendOutcome,
  stored,
} from "./row-sender.ts";
import { type PostgresOptions, sinkName } from "./sink-options.ts";

/**
 * PostgreSQL and TimescaleDB. The cursor is a row of a table there and changes in the transaction that brings the samples,
 * so that each is there exactly once, whatever becomes of the answer.
 */
export class PostgresSender implements RowSender<SqlRow> {
  readonly keepsCursor = true;
  readonly name: string;
  private client: Client | null = null;
  private readonly ids = new Map<RowSeries, number>();
  private readonly insert: string;
  private cursor = 0;

  /** `writer` names the rows' journal among those of other twins. */
  constructor(
    private readonly options: PostgresOptions,
    private readonly writer: string,
    private readonly timeoutMs: number,
  ) {
    this.name = sinkName(options);
    this.insert = insertInto(options.schema);
  }

  encode(row: SinkRow): SqlRow | null {
    return sqlRow(row);
  }

  async connect(): Promise<Ready | Away> {
    this.leave();
    try {
      const client = await this.open();
      this.client = client;
      await this.prepare(client);
      const { schema } = this.options;
      const insert = `INSERT INTO ${schema}.writer (writer, cursor) VALUES ($1, 0) ON CONFLICT DO NOTHING`;
      await client.query(insert, [this.writer]);
      // Waits for a transaction of an earlier connection that the server has not ended yet.
      const select = `SELECT cursor FROM ${schema}.writer WHERE writer = $1 FOR UPDATE`;
      const found = await client.query<{ cursor: string }>(select, [this.writer]);
      this.cursor = Number(found.rows[0]?.cursor ?? 0);
      return { kind: "ready", from: this.cursor };
    } catch (error) {
      this.leave();
      const fault = postgresFault(error);
      if (fault.kind === "away") return fault;
      return { kind: "away", state: "error", reason: fault.reason, remedy: "Check the schema's tables." };
    }
  }

  async send(batch: Outgoing<SqlRow>, from: number, to: number, through: number): Promise<SendOutcome> {
    const { client } = this;
    if (client === null) return lostConnection;
    if (through === this.cursor) return stored;
    try {
      const columns = new SqlColumns(this.options.time);
      const items = batch.items.slice(from, to);
      await this.learnSeries(client, items);
      for (const item of items) columns.add(item, this.ids.get(item.row.series) as number);
      await client.query("BEGIN");
      const move = `UPDATE ${this.options.schema}.writer SET cursor = $2, updated = now() WHERE writer = $1 AND cursor = $3`;
      const moved = await client.query(move, [this.writer, through, this.cursor]);
      if (moved.rowCount !== 1) {
        await client.query("ROLLBACK");
        return movedElsewhere;
      }
      if (items.length > 0) await client.query(this.insert, columns.parameters());
      await client.query("COMMIT");
    } catch (error) {
      const fault = postgresFault(error);
      if (fault.kind === "away") this.leave();
      else await client.query("ROLLBACK").catch(() => this.leave());
      return fault;
    }
    this.cursor = through;
    return stored;
  }

  settled(): number {
    return this.cursor;
  }

  state(): null {
    return null;
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = null;
    const ended = client?.end().catch(() => undefined);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
  }

  private async open(): Promise<Client> {
    const { username, password } = await readCredentials(this.options);
    const url = new URL(this.options.url);
    if (username !== "") url.username = encodeURIComponent(username);
    url.password = encodeURIComponent(password);
    const { ca } = this.options;
    // In the address, it would take the place of `ssl` below.
    if (ca !== undefined) url.searchParams.delete("sslmode");
    const pg = await import("pg");
    const client = new pg.default.Client({
      connectionString: url.href,
      ...(ca === undefined ? {} : { ssl: { ca: readFileSync(ca, "utf8") } }),
      application_name: "twinbridge",
      connectionTimeoutMillis: this.timeoutMs,
      query_timeout: this.timeoutMs,
      keepAlive: true,
    });
    // An error without a query under way: the next query says so.
    client.on("error", () => {
      if (this.client === client) this.leave();
    });
    await client.connect();
    return client;
  }

  /** Makes what is not there. A user who may only write finds all of it made. */
  private async prepare(client: Client): Promise<void> {
    const { schema } = this.options;
    const found = await client.query<{ there: boolean }>(
      `SELECT to_regclass('${schema}.twists') IS NOT NULL AS there`,
    );
    if (found.rows[0]?.there === true) return;
    await client.query("BEGIN");
    // Two twins that begin at once make it one after the other.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('twinbridge'))");
    await client.query(tablesOf(schema));
    const timescale = await client.query("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'");
    if (timescale.rowCount === 1) await client.query(hypertableOf(schema));
    await client.query("COMMIT");
  }

  private async learnSeries(client: Client, items: readonly SqlRow[]): Promise<void> {
    const fresh = new Map<string, RowSeries>();
    for (const { row } of items) {
      if (!this.ids.has(row.series)) fresh.set(this.keyOf(row.series), row.series);
    }
    if (fresh.size === 0) return;
    const list = [...fresh].map(([key, { thing, path, facet, source, kind, unit, valueKind }]) => {
      const names = { thing, path, source, unit };
      const clean = Object.entries(names).map(([name, text]) => [name, text.replaceAll("\u0000", "\u2400")]);
      return { key, ...Object.fromEntries(clean), facet, kind, value_kind: valueKind };
    });
    const text = `
INSERT INTO ${this.options.schema}.series (key, writer, thing, path, facet, source, kind, unit, value_kind, tags)
SELECT key, $2, thing, path, facet, source, kind, unit, value_kind, $3::json
FROM json_to_recordset($1) AS t(key text, thing text, path text, facet text, source text, kind text, unit text, value_kind text)
ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id, key`;
    const values = [JSON.stringify(list), this.writer, JSON.stringify(this.options.tags)];
    const made = await client.query<{ id: number; key: string }>(text, values);
    for (const { id, key } of made.rows) this.ids.set(fresh.get(key) as RowSeries, id);
  }

  private keyOf(series: RowSeries): string {
    return createHash("sha256")
      .update(`${this.writer}\n${JSON.stringify(this.options.tags)}\n${series.key}`)
      .digest("hex");
  }

  /** Gives the connection up without waiting for the server, which may never answer. */
  private leave(): void {
    const { client } = this;
    this.client = null;
    // The ids may be of a database that was restored or made anew.
    this.ids.clear();
    if (client === null) return;
    const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
    stream.destroy();
  }
}

const lostConnection: Away = {
  kind: "away",
  state: "lost",
  reason: "the connection was closed",
  remedy: "Check that the server runs; rows wait on the disk until then.",
};

const movedElsewhere: Away = {
  kind: "away",
  state: "lost",
  reason: "the cursor in the database is not the one left there",
  remedy: "None is needed: the rows go on from the database's cursor.",
};
