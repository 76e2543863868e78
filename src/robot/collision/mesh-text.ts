import { type Result, refused } from "../../core/result.ts";

/** Bytes as text, one character a byte: numbers and keywords of mesh files are ASCII. */
export function asciiOf(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return pieces.join("");
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Above this a mesh is refused: far beyond any robot's part, far below what hurts a small computer. */
export const mostVertices = 2_000_000;

/** No line of a vertex is longer; longer ones are cut here, which no number survives unseen. */
const longestLine = 1000;

/**
 * Collects three numbers of each line whose first word is `keyword`, in any case; `exactly` refuses more than three.
 * `last` is the last line that has a word. Never holds more than a line beside the numbers.
 */
export function readVertexLines(
  text: string,
  keyword: string,
  exactly: boolean,
): Result<{ values: Float64Array; last: string }> {
  const values: number[] = [];
  let last = "";
  let number = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const next = end === -1 ? text.length : end;
    const line = text.slice(at, Math.min(next, at + longestLine)).trim();
    const isLong = next - at > longestLine;
    at = next + 1;
    number += 1;
    if (line !== "") last = line;
    const words = line.split(/\s+/);
    if (words[0]?.toLowerCase() !== keyword) continue;
    const numbers = [meshNumber(words[1]), meshNumber(words[2]), meshNumber(words[3])];
    if (isLong || (exactly && words.length !== 4) || numbers.some(Number.isNaN)) {
      return refused(`"${line.slice(0, 80)}": a vertex has three numbers`, `line ${number}`);
    }
    for (const value of numbers) values.push(value);
    if (values.length > 3 * mostVertices)
      return refused(`more than ${mostVertices} vertices`, `line ${number}`);
  }
  return { ok: true, value: { values: Float64Array.from(values), last } };
}

/** A decimal number as mesh files write it; NaN for all else (`0x10`, `1,5`, nothing). */
export function meshNumber(word: string | undefined): number {
  return word !== undefined && decimal.test(word) ? Number(word) : Number.NaN;
}
