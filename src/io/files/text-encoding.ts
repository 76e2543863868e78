import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { type Result, refused } from "../../core/result.ts";

const saveIt = "save the file as UTF-8, or name its encoding in its XML header";
/** An XML declaration, and the encoding that it names. */
const declaration = /^(\s*<\?xml\b[^>]*?\bencoding\s*=\s*)(["'])([^"'>]*)\2/;

/**
 * The text of a file's bytes: by its byte order mark, else by the encoding that its XML header names, else as UTF-8.
 * Bytes that are none of that encoding, and encodings that are not known, are refused: no character is guessed. A header
 * that names another encoding names UTF-8 in the text, as which it goes on.
 */
export function decodeFile(bytes: Uint8Array): Result<string> {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return unknown("UTF-32");
  if (a === 0xef && b === 0xbb && c === 0xbf) return utf8(bytes.subarray(3));
  if (a === 0xff && b === 0xfe) return decodeAs("utf-16le", bytes.subarray(2));
  if (a === 0xfe && b === 0xff) return decodeAs("utf-16be", bytes.subarray(2));
  if (a === 0x3c && b === 0) return decodeAs("utf-16le", bytes);
  if (a === 0 && b === 0x3c) return decodeAs("utf-16be", bytes);
  // Readable byte by byte up to here, so the header of a file that calls itself UTF-16 is wrong.
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString("latin1");
  const named = declaration.exec(start)?.[3] ?? "";
  return named === "" || /^(?:utf-?(?:8|16.*)|us-ascii|ascii)$/i.test(named)
    ? utf8(bytes)
    : decodeAs(named, bytes);
}

function utf8(bytes: Uint8Array): Result<string> {
  if (!isUtf8(bytes)) return refused(`line ${firstBadLine(bytes)} is not UTF-8; ${saveIt}`);
  return decodeAs("utf-8", bytes);
}

function decodeAs(encoding: string, bytes: Uint8Array): Result<string> {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    return unknown(encoding);
  }
  try {
    return { ok: true, value: decoder.decode(bytes).replace(declaration, "$1$2UTF-8$2") };
  } catch {
    return refused(`the file is not ${encoding}; ${saveIt}`);
  }
}

function unknown(encoding: string): Result<string> {
  return refused(`the encoding "${encoding.slice(0, 64)}" is not known; save the file as UTF-8`);
}

function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (!isUtf8(bytes.subarray(start, end < 0 ? bytes.length : end))) return line;
    if (end < 0) break;
    start = end + 1;
  }
  return line;
}
