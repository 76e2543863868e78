import type { Result } from "../core/result.ts";
import { type SceneItem, sceneItems } from "../protocol/scene.ts";
import { readKept } from "./kept-json.ts";
import { replaceFile } from "./replace-file.ts";

/** Keeps the objects that were set by the API in a small file, so that they are there after a restart. */
export class SceneFile {
  constructor(private readonly path: string) {}

  /** Empty where there is no file; refused as by `readKept`. */
  read(): Result<SceneItem[]> {
    const read = readKept(this.path, (value) => sceneItems.parse(value));
    return read.ok ? { ok: true, value: read.value ?? [] } : read;
  }

  /** Throws the system's error when it cannot be written; then the old one is still there. */
  write(items: readonly SceneItem[]): void {
    replaceFile(this.path, JSON.stringify(items));
  }
}
