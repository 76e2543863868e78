import { join } from "node:path";
import { type Database, openDatabase } from "./sqlite.ts";
import { StoreFault } from "./store-schema.ts";

/**
 * Holds a folder's history for this program, for as long as it lives: the lock is the system's, so a program that was
 * killed holds nothing.
 */
export class StoreLock {
  private constructor(private readonly db: Database) {}

  /** Throws a `StoreFault` where another program holds it. */
  static take(directory: string): StoreLock {
    const db = openDatabase(join(directory, "lock.db"));
    try {
      db.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      db.close();
      if (!/locked|busy/i.test((error as Error).message)) throw error;
      throw new StoreFault(
        `another twin writes to ${directory}`,
        "Stop the other twin, or give this one a folder of its own with history.dir.",
      );
    }
    return new StoreLock(db);
  }

  release(): void {
    this.db.close();
  }
}
