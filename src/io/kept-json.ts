import { readFileSync } from "node:fs";
import { type Result, refused } from "../core/result.ts";
import { isMissingFile } from "./is-missing-file.ts";

/** A file of the state's folder as `read` takes it; null: there is none. Refused where it cannot be read: then nobody knows what stands there. */
export function readKept<T>(path: string, read: (value: unknown) => T): Result<T | null> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return isMissingFile(error) ? { ok: true, value: null } : refused(String(error), path);
  }
  try {
    return { ok: true, value: read(JSON.parse(text)) };
  } catch {
    return refused("it is damaged", path);
  }
}
