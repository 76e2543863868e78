import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file so that it is whole at any time, also after a loss of power: the old one, or the new one. `isPrivate`:
 * readable by its owner only, as its folder where that is made. Throws the system's error; then the old one is there.
 */
export function replaceFile(path: string, text: string, isPrivate = false): void {
  mkdirSync(dirname(path), { recursive: true, ...(isPrivate ? { mode: 0o700 } : {}) });
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { flush: true, ...(isPrivate ? { mode: 0o600 } : {}) });
  // One that was left behind keeps its mode.
  if (isPrivate) chmodSync(fresh, 0o600);
  renameSync(fresh, path);
}
