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
