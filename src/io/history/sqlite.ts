import { createRequire } from "node:module";

/** What is used of libsql's interface, which is better-sqlite3's. */
export type Statement = {
  run(...values: unknown[]): { changes: number; lastInsertRowid: number | bigint };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  iterate(...values: unknown[]): IterableIterator<unknown>;
  raw(rows: boolean): Statement;
};
export type Database = {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  close(): void;
};

const require = createRequire(import.meta.url);

/**
 * Opens a database file. libsql is loaded here, at run time: it is native, and where it has no binary for the system only
 * the history is missing.
 */
export function openDatabase(path: string, options: { readonly?: boolean } = {}): Database {
  const Libsql = require("libsql") as new (path: string, options: object) => Database;
  return new Libsql(path, options);
}

/** Brings the write-ahead log into the database file and to the disk; false where somebody who reads it is in the way. */
export function checkpointed(db: Database): boolean {
  try {
    const [busy] = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").raw(true).get() as [number];
    return busy === 0;
  } catch (error) {
    if (/locked|busy/i.test((error as Error).message)) return false;
    throw error;
  }
}
