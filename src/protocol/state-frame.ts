import { qualities } from "../core/quality.ts";

/*
 * The binary state frame, little endian:
 *
 *   0  u8   1 (kind of frame)
 *   1  u8   1 (version)
 *   2  u16  layout
 *   4  u32  n, number of columns
 *   8  f64  revision
 *  16  f64  server time, ms
 *  24  f64 × n  values
 *   …  f32 × n  age in ms when the frame was made, by the server's clock; −1: never had a value
 *   …  u8  × n  quality: 0 good, 1 uncertain, 2 bad
 */
const headerBytes = 24;
const bytesPerColumn = 13;

/** Views into one frame: nothing is copied, so they live as long as the frame's buffer. */
export type BinaryStateFrame = {
  layout: number;
  revision: number;
  time: number;
  values: Float64Array;
  agesMs: Float32Array;
  qualityCodes: Uint8Array;
};

/** Length in bytes of a frame of that many columns. */
export function stateFrameBytes(columns: number): number {
  return headerBytes + columns * bytesPerColumn;
}

/** A writable frame over `buffer` (of `stateFrameBytes(columns)` bytes); fill the arrays, then send the buffer. */
export function openStateFrame(
  buffer: ArrayBuffer,
  layout: number,
  columns: number,
  revision: number,
  time: number,
): BinaryStateFrame {
  const head = new DataView(buffer);
  head.setUint8(0, 1);
  head.setUint8(1, 1);
  head.setUint16(2, layout, true);
  head.setUint32(4, columns, true);
  head.setFloat64(8, revision, true);
  head.setFloat64(16, time, true);
  return viewsOf(buffer, layout, columns, revision, time);
}

/** `null` when the bytes are no whole frame of a kind this version knows. */
export function readStateFrame(buffer: ArrayBuffer): BinaryStateFrame | null {
  if (buffer.byteLength < headerBytes) return null;
  const head = new DataView(buffer);
  if (head.getUint8(0) !== 1 || head.getUint8(1) !== 1) return null;
  const columns = head.getUint32(4, true);
  if (buffer.byteLength !== stateFrameBytes(columns)) return null;
  const frame = viewsOf(
    buffer,
    head.getUint16(2, true),
    columns,
    head.getFloat64(8, true),
    head.getFloat64(16, true),
  );
  for (const code of frame.qualityCodes) if (code >= qualities.length) return null;
  return frame;
}

function viewsOf(
  buffer: ArrayBuffer,
  layout: number,
  columns: number,
  revision: number,
  time: number,
): BinaryStateFrame {
  return {
    layout,
    revision,
    time,
    values: new Float64Array(buffer, headerBytes, columns),
    agesMs: new Float32Array(buffer, headerBytes + columns * 8, columns),
    qualityCodes: new Uint8Array(buffer, headerBytes + columns * 12, columns),
  };
}
