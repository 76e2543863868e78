import type { Result } from "../../../core/result.ts";

export type VideoFormat = "h264" | "h265" | "vp9" | "av1";

/** Names of formats and of ffmpeg's encoders, as messages have them. */
const names: Readonly<Record<string, VideoFormat>> = {
  ...{ h264: "h264", x264: "h264", libx264: "h264", libopenh264: "h264", avc: "h264", avc1: "h264" },
  ...{ h265: "h265", x265: "h265", libx265: "h265", hevc: "h265", hev1: "h265", hvc1: "h265" },
  ...{ vp9: "vp9", vp09: "vp9" },
  ...{ av1: "av1", av01: "av1", libsvtav1: "av1", librav1e: "av1" },
};

/** The format that a text names, as `h264`, `hevc_nvenc`, `libx264` or `h264;yuv420p;bgr8;bgr8`; null: it names none. */
export function videoFormatOf(text: string): VideoFormat | null {
  for (const word of text
    .slice(0, 256)
    .toLowerCase()
    .split(/[^a-z0-9]+/)) {
    const format = Object.hasOwn(names, word) ? names[word] : undefined;
    if (format !== undefined) return format;
  }
  return null;
}

/** What a decoder needs to know before the first picture. `codec` as WebCodecs names it; pixels. */
export type VideoFacts = { codec: string; width: number; height: number };

/** One message of a stream: `key` can be decoded without others. `data`: with all that its decoder needs. */
export type ParsedVideo = VideoFacts & { key: boolean; data: Uint8Array };

/**
 * Reads the messages of one stream in order, and remembers what its key frames need. Null: the message has no picture, or comes
 * before the first key frame.
 */
export interface VideoParser {
  take(data: Uint8Array): Result<ParsedVideo | null>;
}

/** Larger pictures are none of a robot's; pixels along a side. */
export const mostSide = 16_384;

/** Whether a size is one of a picture. */
export function isPictureSize(width: number, height: number): boolean {
  return width > 0 && height > 0 && width <= mostSide && height <= mostSide;
}
