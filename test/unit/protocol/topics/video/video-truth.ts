import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { VideoFormat } from "../../../../../src/protocol/topics/video/video-format.ts";

/** Frames that ffmpeg encoded, and the colours that it decodes at `points`; by scripts/truth/make-video.py. */
export type VideoTruth = {
  width: number;
  height: number;
  /** Frames from one key frame to the next. */
  group: number;
  points: [number, number][];
  streams: Record<VideoFormat, { frames: string[]; colors: [number, number, number][][] }>;
};

export const videoFormats = ["h264", "h265", "vp9", "av1"] as const;

export const videoTruth = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../../truth/video.json"), "utf8"),
) as VideoTruth;

export function framesOf(format: VideoFormat): Uint8Array[] {
  return videoTruth.streams[format].frames.map((frame) => Uint8Array.from(Buffer.from(frame, "base64")));
}
