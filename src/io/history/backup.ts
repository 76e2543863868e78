import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { listSegments } from "./journal-segment.ts";
import { openDatabase } from "./sqlite.ts";
import { databaseName, journalName } from "./store.ts";
import { StoreFault } from "./store-schema.ts";

/**
 * Copies the store of a folder into another one, also while a twin writes to it. The journal is copied first: what is in a
 * block of the copied database as well is not read twice when the copy is opened.
 */
export function backupStore(from: string, to: string): void {
  if (!existsSync(join(from, databaseName))) {
    throw new StoreFault(`there is no history in ${from}`, "Check the folder.");
  }
  if (existsSync(to) && readdirSync(to).length > 0) {
    throw new StoreFault(`the folder ${to} is not empty`, "Choose one that is empty or does not exist.");
  }
  const journal = join(to, journalName);
  mkdirSync(journal, { recursive: true, mode: 0o700 });
  try {
    for (const { path, number } of listSegments(join(from, journalName))) {
      const name = `${String(number).padStart(10, "0")}.seg`;
      // A segment may be deleted meanwhile: then its samples are in blocks.
      if (existsSync(path)) copyFileSync(path, join(journal, name));
    }
    const db = openDatabase(join(from, databaseName), { readonly: true });
    try {
      db.prepare("VACUUM INTO ?").run(join(to, databaseName));
    } finally {
      db.close();
    }
  } catch (error) {
    rmSync(to, { recursive: true, force: true });
    throw error;
  }
}
