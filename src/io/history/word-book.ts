import type { Database, Statement } from "./sqlite.ts";

/** Words of a store (names of sources, reasons) by their numbers; 0 is the empty one. */
export class WordBook {
  readonly texts: string[] = [""];
  private readonly numbers = new Map<string, number>([["", 0]]);
  private readonly insert: Statement;
  /** The store's numbers of the words of the run that is being read. */
  private ofRun: number[] = [0];

  constructor(db: Database) {
    this.insert = db.prepare("INSERT INTO word (id, text) VALUES (?, ?)");
    const rows = db.prepare("SELECT id, text FROM word").raw(true).all() as [number, string][];
    for (const [id, text] of rows) this.add(id, text);
  }

  beginRun(): void {
    this.ofRun = [0];
  }

  /** A number of the run gets its meaning. */
  define(id: number, text: string): void {
    this.ofRun[id] = this.number(text);
  }

  /** The store's number of the run's `id`. */
  of(id: number): number {
    return this.ofRun[id] ?? 0;
  }

  number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const id = this.texts.length;
    this.insert.run(id, text);
    this.add(id, text);
    return id;
  }

  private add(id: number, text: string): void {
    this.texts[id] = text;
    this.numbers.set(text, id);
  }
}
