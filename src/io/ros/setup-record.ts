import { readFileSync, writeFileSync } from "node:fs";

/** What `twin ros setup` notes in its folder: how far it came. */
export type SetupRecord = {
  ready: boolean;
  /** Name of a finished step → what it was made from. */
  steps: Record<string, string>;
  /** Why the last try ended early. */
  failed?: { step: string; reason: string };
};

/** The record of a folder; an empty one where nothing was begun, or the file is damaged. */
export function readSetupRecord({ record }: { record: string }): SetupRecord {
  try {
    const { ready, steps, failed } = JSON.parse(readFileSync(record, "utf8")) as Partial<SetupRecord>;
    return { ready: ready === true, steps: { ...steps }, ...(failed === undefined ? {} : { failed }) };
  } catch {
    return { ready: false, steps: {} };
  }
}

export function writeSetupRecord(folder: { record: string }, record: SetupRecord): void {
  writeFileSync(folder.record, `${JSON.stringify(record, null, 2)}\n`);
}
