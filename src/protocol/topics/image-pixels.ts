import { type Result, refused } from "../../core/result.ts";
import { depthColor } from "./depth-color.ts";

/** sensor_msgs/Image. */
export type RosImage = {
  height: number;
  width: number;
  encoding: string;
  is_bigendian: number;
  step: number;
  data: Uint8Array;
};

/** Rows of red, green, blue from the top left. */
export type Pixels = { width: number; height: number; rgb: Uint8Array };

const mostPixels = 100_000_000;

type Layout = {
  /** Bytes of one pixel in a row; 4:2:2 has 2 on average. */
  bytes: number;
  kind: "rgb" | "mono" | "depth" | "bayer" | "yuv";
  /** Offsets of red, green and blue, or of y, u and v in two pixels, or of the pattern's colours. */
  order?: readonly number[];
  /** Bytes of a channel. */
  depth?: 1 | 2 | 4;
};

/** By their names in sensor_msgs/image_encodings.hpp, in lower case. */
const layouts: Record<string, Layout> = {
  rgb8: { bytes: 3, kind: "rgb", order: [0, 1, 2] },
  bgr8: { bytes: 3, kind: "rgb", order: [2, 1, 0] },
  "8uc3": { bytes: 3, kind: "rgb", order: [2, 1, 0] },
  rgba8: { bytes: 4, kind: "rgb", order: [0, 1, 2] },
  bgra8: { bytes: 4, kind: "rgb", order: [2, 1, 0] },
  "8uc4": { bytes: 4, kind: "rgb", order: [2, 1, 0] },
  rgb16: { bytes: 6, kind: "rgb", order: [0, 1, 2], depth: 2 },
  bgr16: { bytes: 6, kind: "rgb", order: [2, 1, 0], depth: 2 },
  mono8: { bytes: 1, kind: "mono" },
  "8uc1": { bytes: 1, kind: "mono" },
  mono16: { bytes: 2, kind: "mono", depth: 2 },
  "16uc1": { bytes: 2, kind: "depth", depth: 2 },
  "32fc1": { bytes: 4, kind: "depth", depth: 4 },
  // The four colours of a 2 × 2 pattern from its top left: 0 red, 1 green, 2 blue.
  bayer_rggb8: { bytes: 1, kind: "bayer", order: [0, 1, 1, 2] },
  bayer_bggr8: { bytes: 1, kind: "bayer", order: [2, 1, 1, 0] },
  bayer_gbrg8: { bytes: 1, kind: "bayer", order: [1, 2, 0, 1] },
  bayer_grbg8: { bytes: 1, kind: "bayer", order: [1, 0, 2, 1] },
  uyvy: { bytes: 2, kind: "yuv", order: [1, 0, 2] },
  yuv422: { bytes: 2, kind: "yuv", order: [1, 0, 2] },
  yuyv: { bytes: 2, kind: "yuv", order: [0, 1, 3] },
  yuv422_yuy2: { bytes: 2, kind: "yuv", order: [0, 1, 3] },
};

/**
 * An image in colours of 8 bits, made smaller by a whole number until it has at most `most` pixels: each pixel is the one in the
 * middle of those it stands for. Depth (16UC1 in mm, 32FC1 in m) is shown in the colours of `depthColor`.
 */
export function pixelsOf(image: RosImage, most: number): Result<Pixels> {
  const { width, height, step, data } = image;
  const layout = layouts[image.encoding.toLowerCase()];
  if (layout === undefined) return refused(`"${image.encoding}" is not known`, "encoding");
  if (width === 0 || height === 0) return refused(`${width} × ${height} pixels`, "width");
  if (width * height > mostPixels) return refused(`${width} × ${height} pixels are too many`, "width");
  if (step < width * layout.bytes) return refused(`${step} bytes are too few for ${width} pixels`, "step");
  if (data.byteLength < (height - 1) * step + width * layout.bytes) {
    return refused(`${data.byteLength} bytes are too few for ${height} rows of ${step}`, "data");
  }
  const factor = Math.max(1, Math.ceil(Math.sqrt((width * height) / most)));
  const out = {
    width: Math.max(1, Math.floor(width / factor)),
    height: Math.max(1, Math.floor(height / factor)),
  };
  const rgb = new Uint8Array(3 * out.width * out.height);
  if (factor === 1 && layout.kind === "rgb" && layout.depth === undefined) fillBytes(rgb, image, layout);
  else fill(rgb, out, image, layout, factor);
  return { ok: true, value: { ...out, rgb } };
}

/** Colours of 8 bits at their full size: what most cameras send. */
function fillBytes(rgb: Uint8Array, { data, width, height, step }: RosImage, layout: Layout): void {
  const { bytes, order = [0, 1, 2] } = layout;
  const [a = 0, b = 0, c = 0] = order;
  const isPlain = bytes === 3 && a === 0;
  for (let y = 0, to = 0; y < height; y += 1) {
    const row = y * step;
    if (isPlain) {
      rgb.set(data.subarray(row, row + 3 * width), to);
      to += 3 * width;
      continue;
    }
    for (let x = 0, at = row; x < width; x += 1, at += bytes, to += 3) {
      rgb[to] = data[at + a] as number;
      rgb[to + 1] = data[at + b] as number;
      rgb[to + 2] = data[at + c] as number;
    }
  }
}

function fill(
  rgb: Uint8Array,
  out: { width: number; height: number },
  image: RosImage,
  layout: Layout,
  factor: number,
): void {
  const { data, step } = image;
  const middle = Math.floor(factor / 2);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const little = image.is_bigendian === 0;
  const { bytes, kind, order = [0, 0, 0], depth = 1 } = layout;
  const [a = 0, b = 0, c = 0] = order;
  // The high byte of a channel of 16 bits.
  const high = depth === 2 && little ? 1 : 0;
  for (let y = 0, to = 0; y < out.height; y += 1) {
    const row = (y * factor + middle) * step;
    for (let x = 0; x < out.width; x += 1, to += 3) {
      const column = x * factor + middle;
      const at = row + column * bytes;
      if (kind === "rgb") {
        rgb[to] = data[at + a * depth + high] as number;
        rgb[to + 1] = data[at + b * depth + high] as number;
        rgb[to + 2] = data[at + c * depth + high] as number;
      } else if (kind === "mono") {
        const value = data[at + high] as number;
        rgb[to] = value;
        rgb[to + 1] = value;
        rgb[to + 2] = value;
      } else if (kind === "depth") {
        const metres = depth === 2 ? view.getUint16(at, little) / 1000 : view.getFloat32(at, little);
        depthColor(metres, rgb, to);
      } else if (kind === "bayer") fromBayer(image, column, y * factor + middle, order, rgb, to);
      else {
        const pair = row + (column & ~1) * 2;
        const luma = data[pair + a + (column & 1) * 2] as number;
        fromYuv(luma, data[pair + b] as number, data[pair + c] as number, rgb, to);
      }
    }
  }
}

/** The colours of the 2 × 2 pattern around a pixel; its two greens as their mean. */
function fromBayer(
  { data, step, width, height }: RosImage,
  column: number,
  row: number,
  order: readonly number[],
  rgb: Uint8Array,
  to: number,
): void {
  const x = Math.min(column, Math.max(0, width - 2)) & ~1;
  const y = Math.min(row, Math.max(0, height - 2)) & ~1;
  let green = 0;
  for (let k = 0; k < 4; k += 1) {
    const value = data[(y + (k >> 1)) * step + x + (k & 1)] ?? 0;
    if (order[k] === 1) green += value;
    else rgb[to + (order[k] as number)] = value;
  }
  rgb[to + 1] = green >> 1;
}

/** ITU-R BT.601, limited range, as cameras give it. */
function fromYuv(y: number, u: number, v: number, rgb: Uint8Array, to: number): void {
  const luma = 1.164 * (y - 16);
  rgb[to] = byte(luma + 1.596 * (v - 128));
  rgb[to + 1] = byte(luma - 0.392 * (u - 128) - 0.813 * (v - 128));
  rgb[to + 2] = byte(luma + 2.017 * (u - 128));
}

function byte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
