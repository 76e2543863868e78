import type { HistoryStore } from "./store.ts";

/**
 * Takes the name of a lease holder out of a store: events that name it keep their time, kind and robot, and lose their text
 * and data. What was deleted is overwritten in the file. Returns how many events it was.
 */
export function eraseHolder(store: HistoryStore, holder: string): number {
  const { db } = store;
  db.exec("PRAGMA secure_delete = ON");
  store.begin();
  const { changes } = db
    .prepare(
      "UPDATE event SET message = 'erased', data = NULL WHERE instr(message, ?) > 0 OR instr(COALESCE(data, ''), ?) > 0",
    )
    .run(holder, JSON.stringify(holder).slice(1, -1));
  store.commit();
  store.purgeJournal();
  db.exec("VACUUM");
  store.checkpoint(Number.POSITIVE_INFINITY);
  return changes;
}
