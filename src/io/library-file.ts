import { readFileSync } from "node:fs";
import { z } from "zod";
import type { SequenceStep } from "../command/sequence-runner.ts";
import type { SavedLibrary } from "../engine/ports/saved-library.ts";
import { libraryName, readSequence } from "../protocol/sequence-schema.ts";
import { isMissingFile } from "./is-missing-file.ts";
import { replaceFile } from "./replace-file.ts";

const sequence = z.unknown().transform((value, context): readonly SequenceStep[] => {
  const read = readSequence(value);
  if (read.ok) return read.steps;
  context.addIssue({ code: "custom", message: read.reason });
  return [];
});

const stored = z.strictObject({
  poses: z.record(z.string(), z.record(libraryName, z.record(z.string(), z.number()))),
  sequences: z.record(libraryName, sequence),
});

/** The poses and sequences that people saved, in a file of the state's folder. Null: they live as long as the program. */
export class LibraryFile {
  private saved: SavedLibrary = { poses: {}, sequences: {} };

  /** Throws an Error where the file is there and cannot be used: it is not written over. */
  constructor(private readonly path: string | null) {
    if (path === null) return;
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if (isMissingFile(error)) return;
      throw new Error(`${path} cannot be read: ${(error as Error).message}`);
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Error(`${path} is damaged: restore it, or delete it and save the poses again`);
    }
    const parsed = stored.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Error(`${path}: ${issue?.path.join(".")}: ${issue?.message}`);
    }
    this.saved = parsed.data;
  }

  current(): SavedLibrary {
    return this.saved;
  }

  /** Takes the place of what was saved. Throws the system's error where it cannot be kept: then nothing changed. */
  save(saved: SavedLibrary): void {
    if (this.path !== null) {
      const sequences = Object.entries(saved.sequences).map(([name, steps]) => [name, { steps }]);
      const text = JSON.stringify({ poses: saved.poses, sequences: Object.fromEntries(sequences) }, null, 1);
      replaceFile(this.path, `${text}\n`);
    }
    this.saved = saved;
  }
}
