import type { Result } from "../../../core/result.ts";
import { bareTypeName } from "../../ros-schema-text.ts";
import { pictureMime } from "../compressed-image.ts";
import { videoFormatOf } from "./video-format.ts";
import { type VideoFrameData, VideoStream } from "./video-stream.ts";

/** The field that names the format, of each type whose messages are frames of a video. */
const formatFields: Readonly<Record<string, string>> = {
  "foxglove_msgs/CompressedVideo": "format",
  "ffmpeg_image_transport_msgs/FFMPEGPacket": "encoding",
  // Some camera drivers publish a video as pictures.
  "sensor_msgs/CompressedImage": "format",
};

/** Whether messages of a type may be frames of a video, each of which needs those before it. */
export function mayBeVideo(type: string): boolean {
  return Object.hasOwn(formatFields, bareTypeName(type));
}

/** The frames in the messages of one topic. */
export class VideoReader {
  private readonly stream = new VideoStream();

  private constructor(
    private readonly field: string,
    /** Messages that are no frames of a video are another thing's. */
    private readonly isPicture: boolean,
  ) {}

  /** Null: messages of this type are no frames of a video. */
  static of(type: string): VideoReader | null {
    const name = bareTypeName(type);
    const field = Object.hasOwn(formatFields, name) ? formatFields[name] : undefined;
    return field === undefined ? null : new VideoReader(field, name === "sensor_msgs/CompressedImage");
  }

  /** See `VideoStream.take`; undefined: the message is a picture. */
  take(message: Record<string, unknown>): Result<VideoFrameData | null> | undefined {
    const { [this.field]: format, data } = message;
    if (typeof format !== "string" || !(data instanceof Uint8Array)) return undefined;
    if (this.isPicture && (videoFormatOf(format) === null || pictureMime(data) !== null)) return undefined;
    return this.stream.take(format, data, this.field);
  }
}
