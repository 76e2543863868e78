import { readFileSync } from "node:fs";
import { type Result, refused } from "../core/result.ts";
import { type SceneItem, sceneItems } from "../protocol/scene.ts";
import { isMissingFile } from "./is-missing-file.ts";
import { replaceFile } from "./replace-file.ts";

/** Keeps the objects that were set by the API in a small file, so that they are there after a restart. */
export class SceneFile {
  constructor(private readonly path: string) {}

  /** Empty where there is no file; refused where it cannot be read: then nobody knows what stands there. */
  read(): Result<SceneItem[]> {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if (isMissingFile(error)) return { ok: true, value: [] };
      return refused(String(error), this.path);
    }
    try {
      return { ok: true, value: sceneItems.parse(JSON.parse(text)) };
    } catch {
      return refused("it is damaged", this.path);
    }
  }

  /** Throws the system's error when it cannot be written; then the old one is still there. */
  write(items: readonly SceneItem[]): void {
    replaceFile(this.path, JSON.stringify(items));
  }
}
