import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

type Known = { size: number; changedMs: number; hash: string };

const known = new Map<string, Known>();
const mostKnown = 4096;

/** SHA-256 of a file's content in hexadecimal; read again only when its size or its time of change differs. */
export async function contentHash(path: string): Promise<string> {
  const { size, mtimeMs: changedMs } = await stat(path);
  const before = known.get(path);
  if (before?.size === size && before.changedMs === changedMs) return before.hash;
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const after = { size, changedMs, hash: hash.digest("hex") };
  const [oldest] = known.keys();
  if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest);
  known.set(path, after);
  return after.hash;
}
