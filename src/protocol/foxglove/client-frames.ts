import { type Result, refused } from "../../core/result.ts";
import { decodeUtf8 } from "../utf8.ts";

/** What a client sends as bytes. Payloads are views of the frame. */
export type ClientFrame =
  | { op: "message"; channel: number; payload: Uint8Array }
  | { op: "serviceCall"; service: number; call: number; encoding: string; payload: Uint8Array }
  | { op: "playback"; command: "play" | "pause"; speed: number; seek: bigint | null; request: string };

const maxEncodingBytes = 64;
const maxRequestBytes = 256;

/** Reads a binary frame: one byte of operation, then fixed fields, little endian. */
export function readClientFrame(bytes: Uint8Array): Result<ClientFrame> {
  switch (bytes[0]) {
    case undefined:
      return refused("the frame is empty");
    case 1:
      return readMessage(bytes);
    case 2:
      return readServiceCall(bytes);
    case 3:
      return readPlayback(bytes);
    default:
      return refused(`no client frame begins with byte ${bytes[0]}`);
  }
}

function readMessage(bytes: Uint8Array): Result<ClientFrame> {
  if (bytes.length < 5) return tooShort("a message", bytes);
  return {
    ok: true,
    value: { op: "message", channel: viewOf(bytes).getUint32(1, true), payload: bytes.subarray(5) },
  };
}

function readServiceCall(bytes: Uint8Array): Result<ClientFrame> {
  if (bytes.length < 13) return tooShort("a service call", bytes);
  const view = viewOf(bytes);
  const encoding = readText(bytes, 9, maxEncodingBytes);
  if (!encoding.ok) return encoding;
  return {
    ok: true,
    value: {
      op: "serviceCall",
      service: view.getUint32(1, true),
      call: view.getUint32(5, true),
      encoding: encoding.value,
      payload: bytes.subarray(13 + view.getUint32(9, true)),
    },
  };
}

/** u8 command, f32 speed, u8 whether to seek, u64 where to (ns), u32 length, request id. */
function readPlayback(bytes: Uint8Array): Result<ClientFrame> {
  if (bytes.length < 19) return tooShort("a playback request", bytes);
  const view = viewOf(bytes);
  const command = bytes[1] === 0 ? "play" : bytes[1] === 1 ? "pause" : null;
  if (command === null) return refused(`${bytes[1]} is no playback command: 0 is play, 1 is pause`);
  const speed = view.getFloat32(2, true);
  if (!Number.isFinite(speed)) return refused("the playback speed is not finite");
  const request = readText(bytes, 15, maxRequestBytes);
  if (!request.ok) return request;
  const seek = bytes[6] === 0 ? null : view.getBigUint64(7, true);
  return { ok: true, value: { op: "playback", command, speed, seek, request: request.value } };
}

/** A text behind its length in bytes. */
function readText(bytes: Uint8Array, at: number, max: number): Result<string> {
  const length = viewOf(bytes).getUint32(at, true);
  if (length > max) return refused(`a text of ${length} bytes; ${max} are allowed`);
  if (at + 4 + length > bytes.length) return refused("the frame ends within a text");
  const text = decodeUtf8(bytes.subarray(at + 4, at + 4 + length));
  return text === null ? refused("a text is not UTF-8") : { ok: true, value: text };
}

function tooShort(what: string, bytes: Uint8Array): Result<ClientFrame> {
  return refused(`${what} of ${bytes.length} bytes is too short`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
