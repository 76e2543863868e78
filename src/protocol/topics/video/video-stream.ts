import { type Result, refused } from "../../../core/result.ts";
import type { TopicContent } from "../topic-content.ts";
import { Av1Stream } from "./av1-stream.ts";
import { h264 } from "./h264.ts";
import { h265 } from "./h265.ts";
import { NalStream } from "./nal-stream.ts";
import { type ParsedVideo, type VideoFormat, type VideoParser, videoFormatOf } from "./video-format.ts";
import { Vp9Stream } from "./vp9-stream.ts";

/** One frame of a video. `sequence` counts the frames of its topic: between two that belong together none is left out. */
export type VideoFrameData = ParsedVideo & { of: VideoFormat; sequence: number };

/** After so many frames without a key frame somebody is told. */
const mostWithoutKey = 300;

/** The frames of one topic, in the order in which they came. */
export class VideoStream {
  private of: VideoFormat | null = null;
  private parser: VideoParser | null = null;
  private sequence = 0;
  /** Nothing is shown before the next key frame: a frame before it is missing. */
  private needsKey = true;
  private withoutKey = 0;

  /**
   * A message's frame; null: it has no picture, or none that can be shown before the next key frame. `format`: as the message names it;
   * `named`: the field that does so.
   */
  take(format: string, data: Uint8Array, named = "format"): Result<VideoFrameData | null> {
    const of = videoFormatOf(format);
    if (of === null) {
      return this.refuse(
        refused(`"${format.slice(0, 64)}" is not known: h264, h265, vp9 and av1 are`, named),
      );
    }
    if (of !== this.of) {
      this.of = of;
      this.parser = parserOf(of);
      this.needsKey = true;
    }
    if (data.byteLength === 0) return this.refuse(refused("is empty", "data"));
    const parsed = this.parser?.take(data) ?? { ok: true, value: null };
    if (!parsed.ok) return this.refuse(parsed);
    if (parsed.value === null) return this.needsKey ? this.waits() : { ok: true, value: null };
    if (this.needsKey && !parsed.value.key) return this.waits();
    this.needsKey = false;
    this.withoutKey = 0;
    this.sequence += 1;
    return { ok: true, value: { ...parsed.value, of, sequence: this.sequence } };
  }

  private refuse(refusal: Result<never>): Result<never> {
    this.needsKey = true;
    return refusal;
  }

  private waits(): Result<null> {
    this.withoutKey += 1;
    if (this.withoutKey % mostWithoutKey !== 0) return { ok: true, value: null };
    return refused(
      `no key frame among ${mostWithoutKey} messages: have the encoder send one every second or two`,
      "data",
    );
  }
}

function parserOf(format: VideoFormat): VideoParser {
  switch (format) {
    case "h264":
      return new NalStream(h264);
    case "h265":
      return new NalStream(h265);
    case "vp9":
      return new Vp9Stream();
    case "av1":
      return new Av1Stream();
  }
}

/**
 * A frame as `video`: meta.codec as WebCodecs names it, `key`, `sequence`, `of` (the format), `width` and `height` in pixels; `data`:
 * the frame with all that its decoder needs. `isAlone`: without those that follow it.
 */
export function videoContent(frame: VideoFrameData, isAlone: boolean): TopicContent {
  const { codec, key, sequence, of, width, height, data } = frame;
  return {
    format: "video",
    meta: { codec, key, sequence, of, width, height },
    arrays: { data },
    reduced: isAlone ? "key frames only: the line or the budget is too small for all frames" : null,
  };
}
