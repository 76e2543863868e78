import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

const kept = z.object({ store: z.string(), cursor: z.number().int().min(0), state: z.unknown() });
export type Kept = z.infer<typeof kept>;

/**
 * How far a sink is. The file is replaced as a whole, so that it is never torn: after kill −9 or a loss of power it is the
 * old one or the new one.
 */
export class CursorFile {
  constructor(private readonly path: string) {}

  /** What was kept; null: nothing yet. Rejects where the file cannot be read. */
  async read(): Promise<Kept | null> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
    return kept.parse(JSON.parse(text));
  }

  /** Returns its size in bytes. */
  async write(value: Kept): Promise<number> {
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true });
    const fresh = `${this.path}.new`;
    const bytes = Buffer.from(JSON.stringify(value));
    const file = await open(fresh, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(fresh, this.path);
    const directory = await open(folder);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
    return bytes.length;
  }
}
