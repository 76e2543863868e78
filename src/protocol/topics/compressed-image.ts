import { type Result, refused } from "../../core/result.ts";
import type { TopicContent } from "./topic-content.ts";

/** sensor_msgs/CompressedImage, and foxglove_msgs/CompressedImage, whose stamp and frame are elsewhere. */
export type CompressedImage = { format: string; data: Uint8Array };

/** What browsers show: by the first bytes of the data, whatever the format says. */
const pictures: readonly [string, readonly number[]][] = [
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/webp", [0x52, 0x49, 0x46, 0x46]],
];

/** The kind of picture that data is by its first bytes; null: none that browsers show. */
export function pictureMime(data: Uint8Array): string | null {
  return pictures.find(([, first]) => first.every((value, i) => data[i] === value))?.[0] ?? null;
}

/** A picture that is compressed already goes on as it is. compressed_depth_image_transport has 12 bytes before its PNG. */
export function compressedContent({ format, data }: CompressedImage): Result<TopicContent> {
  const skip = /compressedDepth/.test(format) ? 12 : 0;
  const body = data.subarray(skip);
  const mime = pictureMime(body);
  if (mime === null) return refused(`neither JPEG, PNG, WebP nor video, but "${format}"`, "data");
  return {
    ok: true,
    value: { format: "image", meta: { mime, encoding: format }, arrays: { data: body }, reduced: null },
  };
}
