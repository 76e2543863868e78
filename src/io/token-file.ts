import { readFileSync, statSync, unwatchFile, watchFile } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Result, refused } from "../core/result.ts";
import { roles, type TokenEntry } from "../protocol/roles.ts";
import { isMissingFile } from "./is-missing-file.ts";
import { replaceFile } from "./replace-file.ts";

/** How often a running twin looks whether the file changed, ms. */
const lookEveryMs = 1000;

/** What a token may be called: people see it, and type it on a command line. */
export const tokenName = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;

const stored = z.strictObject({
  tokens: z.array(
    z.strictObject({
      name: z.string().regex(tokenName),
      role: z.enum(roles),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits"),
      created: z.string().optional(),
    }),
  ),
});

export type StoredToken = TokenEntry & { created?: string | undefined };

/** The file of `twin token` in the folder of the state. */
export function tokenFilePath(directory: string): string {
  return join(directory, "tokens.json");
}

/** The tokens of the file; null where there is no file. Refused where it cannot be read or is damaged. */
export function readTokenFile(path: string): Result<StoredToken[] | null> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isMissingFile(error)) return { ok: true, value: null };
    return refused(`it cannot be read: ${(error as Error).message}`, path);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused("it is no JSON: restore it, or delete it and add the tokens again", path);
  }
  const parsed = stored.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data.tokens };
  const [issue] = parsed.error.issues;
  return refused(`${issue?.path.join(".")}: ${issue?.message}`, path);
}

/** Writes the file anew, readable by its owner only. Throws the system's error where it cannot. */
export function writeTokenFile(path: string, tokens: readonly StoredToken[]): void {
  replaceFile(path, `${JSON.stringify({ tokens }, null, 2)}\n`, true);
}

/** Whether others than the owner may read or write the file. */
export function isOpenToOthers(path: string): boolean {
  try {
    return (statSync(path).mode & 0o077) !== 0;
  } catch {
    return false;
  }
}

/** Calls `changed` when the file appears, changes or goes. Returns what ends it. */
export function watchTokenFile(path: string, changed: () => void): () => void {
  watchFile(path, { interval: lookEveryMs, persistent: false }, changed);
  return () => unwatchFile(path, changed);
}
