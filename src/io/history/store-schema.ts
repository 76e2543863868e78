import type { Database } from "./sqlite.ts";

/** The schema that this version writes. */
export const schemaVersion = 1;

/*
 * A sample has a running number that never repeats in a store. `block.last` is that of a block's last sample, and
 * `series.stored` the greatest of a series: what a journal holds up to it is stored already. `series.span` is the longest
 * time, in ms, that one of its blocks covers.
 */
const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE series (
  id INTEGER PRIMARY KEY, thing TEXT NOT NULL, path TEXT NOT NULL, facet TEXT NOT NULL,
  kind TEXT NOT NULL, component INTEGER NOT NULL, unit TEXT NOT NULL,
  first REAL, last REAL, samples INTEGER NOT NULL DEFAULT 0, stored INTEGER NOT NULL DEFAULT -1,
  span REAL NOT NULL DEFAULT 0,
  UNIQUE (thing, path, facet, kind, component, unit));
CREATE TABLE times (id INTEGER PRIMARY KEY, t1 REAL NOT NULL, data BLOB NOT NULL);
CREATE INDEX times_t1 ON times (t1);
CREATE TABLE block (
  id INTEGER PRIMARY KEY, series INTEGER NOT NULL, t0 REAL NOT NULL, t1 REAL NOT NULL,
  s0 REAL, s1 REAL, n INTEGER NOT NULL, last INTEGER NOT NULL, times INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX block_series ON block (series, t0);
CREATE INDEX block_stamp ON block (series, s0);
CREATE INDEX block_t1 ON block (t1);
CREATE TABLE roll (
  series INTEGER NOT NULL, step INTEGER NOT NULL, t0 REAL NOT NULL, data BLOB NOT NULL,
  UNIQUE (series, step, t0));
CREATE INDEX roll_t0 ON roll (step, t0);
CREATE TABLE run (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, begin REAL NOT NULL, end REAL NOT NULL);
CREATE TABLE mark (run INTEGER NOT NULL, time REAL NOT NULL, revision INTEGER NOT NULL);
CREATE INDEX mark_time ON mark (time);
CREATE TABLE event (
  id INTEGER PRIMARY KEY, time REAL NOT NULL, severity TEXT NOT NULL, kind TEXT NOT NULL, robot TEXT,
  message TEXT NOT NULL, data TEXT);
CREATE INDEX event_time ON event (time);
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, time REAL NOT NULL, thing TEXT NOT NULL, data TEXT);
CREATE INDEX thing_time ON thing (run, time);
CREATE TABLE description (hash TEXT PRIMARY KEY, time REAL NOT NULL, robot TEXT NOT NULL, text TEXT NOT NULL);
`;

/** What turns a store of each older version into one of the next: `upgrades[0]` makes 2 of 1. */
const upgrades: readonly ((db: Database) => void)[] = [];

/** Why a store cannot be used. */
export class StoreFault extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** Makes the tables of an empty store, or brings an older one up to date. Throws a `StoreFault` for a newer one. */
export function prepareSchema(db: Database): void {
  const version = db.prepare("PRAGMA user_version").raw(true).get() as [number];
  if (version[0] > schemaVersion) {
    throw new StoreFault(
      `the history was written by a newer twinbridge (schema ${version[0]}, this one knows ${schemaVersion})`,
      "Install that version again, or choose another folder with history.dir.",
    );
  }
  if (version[0] === schemaVersion) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    if (version[0] === 0) db.exec(tables);
    else for (let v = version[0]; v < schemaVersion; v++) upgrades[v - 1]?.(db);
    db.exec(`PRAGMA user_version = ${schemaVersion}`);
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}
