import { join } from "node:path";
import { packageRoot } from "./package-root.ts";

/** The built file of a thread; `path` is that below `dist/`, as in `app/plan-worker.js`. */
export function workerFile(path: string): string {
  return join(packageRoot, "dist", path);
}
