import { isObject } from "../../client/message-checks.ts";
import { type Result, refused } from "../../core/result.ts";
import { Fields } from "./fields.ts";
import { type Layout, layoutName, readLayout, toLayoutJson } from "./layout.ts";

/** A layout and what it is called. */
export type NamedLayout = { name: string; layout: Layout };

const version = 1;
const format = "twinbridge layout";
const mostLinkLength = 8000;
const mostBytes = 64_000;
export const mostFileBytes = mostBytes;

/** As in a file: with the format and its version, for people to read. */
export function layoutFile({ name, layout }: NamedLayout): string {
  return `${JSON.stringify({ format, version, name, layout: toLayoutJson(layout) }, null, 2)}\n`;
}

/** Takes a file that `layoutFile` wrote, here or on another page. */
export function readLayoutFile(text: string, panels: readonly string[]): Result<NamedLayout> {
  if (text.length > mostFileBytes) return refused("the file is too long for a layout");
  const parsed = parse(text);
  if (!isObject(parsed) || parsed.format !== format) return refused("the file is not a layout of twinbridge");
  if ("version" in parsed && parsed.version !== version) return otherVersion(String(parsed.version));
  const fields = new Fields(parsed, "file", ["format", "version", "name", "layout"]);
  return fields.refusal ?? named(fields.get("name"), fields.get("layout"), panels);
}

/** As in a link, after `#layout=`: `1.` for the version, then JSON, deflated and in the letters of base64url. */
export async function layoutLink({ name, layout }: NamedLayout): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify([name, toLayoutJson(layout)]));
  const bytes = await throughStream(json, new CompressionStream("deflate-raw"), mostBytes);
  const base64 = btoa(String.fromCharCode(...bytes));
  return `${version}.${base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** Takes what `layoutLink` made. Bounded before it is unpacked and while it is. */
export async function readLayoutLink(text: string, panels: readonly string[]): Promise<Result<NamedLayout>> {
  const [, given, body] = /^(\d{1,4})\.([\w-]+)$/.exec(text) ?? [];
  const damaged = refused("the link is damaged or cut off");
  if (given === undefined || body === undefined || text.length > mostLinkLength) return damaged;
  if (Number(given) !== version) return otherVersion(given);
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
      letter.charCodeAt(0),
    );
    const json = await throughStream(bytes, new DecompressionStream("deflate-raw"), mostBytes);
    const parsed = parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
    return Array.isArray(parsed) && parsed.length === 2 ? named(parsed[0], parsed[1], panels) : damaged;
  } catch {
    return damaged;
  }
}

function named(name: unknown, layout: unknown, panels: readonly string[]): Result<NamedLayout> {
  const known = layoutName(name);
  if (known === null) return refused("its name is empty or too long", "name");
  const read = readLayout(layout, panels);
  return read.ok ? { ok: true, value: { name: known, layout: read.value } } : read;
}

function otherVersion(given: string): Result<never> {
  return refused(`it has version ${given.slice(0, 8)}, and this page reads version ${version}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type ByteStream = { readable: ReadableStream<Uint8Array>; writable: WritableStream<BufferSource> };

/** Throws where the bytes are not what the stream takes, or come out as more than `most`. */
async function throughStream(
  bytes: Uint8Array<ArrayBuffer>,
  stream: ByteStream,
  most: number,
): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const whole = new Uint8Array(most);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return whole.slice(0, length);
    if (length + value.length > most) {
      await reader.cancel();
      throw new Error(`more than ${most} bytes`);
    }
    whole.set(value, length);
    length += value.length;
  }
}
