import type { Result } from "../../core/result.ts";
import { bareTypeName, type FindMessageText } from "../ros-schema-text.ts";
import { type CompressedImage, compressedContent } from "./compressed-image.ts";
import { allDetails, type Detail } from "./detail.ts";
import { digestOf } from "./digests/digest-of.ts";
import { digestEveryMs, type TopicDigest } from "./digests/topic-digest.ts";
import type { Places } from "./frame-history.ts";
import { type Pixels, pixelsOf, type RosImage } from "./image-pixels.ts";
import { type LaserScan, scanContent } from "./laser-scan.ts";
import { treeContent } from "./message-tree.ts";
import { gridContent, type OccupancyGrid } from "./occupancy-grid.ts";
import { cloudContent } from "./point-cloud.ts";
import type { PointCloud } from "./point-cloud-message.ts";
import type { TopicContent } from "./topic-content.ts";
import { packTopicMessage } from "./topic-frame.ts";
import { type ReadMessage, TopicReader } from "./topic-reader.ts";
import { VideoReader } from "./video/video-reader.ts";
import { videoContent } from "./video/video-stream.ts";

/** Makes a JPEG of pixels, quality 1 to 100. */
export type EncodeJpeg = (pixels: Pixels, quality: number) => Uint8Array;

/** One topic's messages as bytes for its viewers: read once, and encoded once for each level of detail that is watched. */
export class TopicEncoder {
  private readonly voxels = allDetails.map(() => ({ size: 0 }));

  private readonly digest: TopicDigest | null;
  private readonly video: VideoReader | null;
  /** Between two messages of a level, ms at least. */
  readonly everyMs: number;

  private constructor(
    private readonly topic: string,
    private readonly reader: TopicReader,
    private readonly jpeg: EncodeJpeg,
    private readonly color: string | null,
  ) {
    this.digest = digestOf(reader.type);
    this.video = VideoReader.of(reader.type);
    this.everyMs = this.digest === null ? 0 : digestEveryMs;
  }

  /** `color`: the field that clouds are coloured by; null: as is usual. */
  static of(
    topic: string,
    type: string,
    jpeg: EncodeJpeg,
    find?: FindMessageText,
    color: string | null = null,
  ): Result<TopicEncoder> {
    const reader = TopicReader.of(type, find);
    return reader.ok ? { ok: true, value: new TopicEncoder(topic, reader.value, jpeg, color) } : reader;
  }

  /** See `TopicReader.read`. Frames of a video are read in the order in which they came, each once. */
  read(bytes: Uint8Array): Result<ReadMessage> {
    const read = this.reader.read(bytes);
    if (!read.ok || this.video === null) return read;
    const video = this.video.take(read.value.message);
    if (video === undefined) return read;
    return video.ok ? { ok: true, value: { ...read.value, video: video.value } } : video;
  }

  /** Each message that was read passes here, whether it is sent or not. `received`: server ms. */
  note({ message }: ReadMessage, received: number): void {
    this.digest?.take(message, received);
  }

  /** The message in each of `levels`; `bytes`: its size, `received` in server ms, then where its frames were. */
  encode(
    read: ReadMessage,
    bytes: number,
    received: number,
    { own: placement, parts }: Places,
    levels: readonly number[],
  ): Result<Map<number, Uint8Array>> {
    const { stamp, frame } = read;
    const encoded = new Map<number, Uint8Array>();
    for (const level of levels) {
      const content = this.content(read, level);
      if (!content.ok) return content;
      const { format, meta, arrays, reduced } = content.value;
      const { topic } = this;
      const header = {
        topic,
        type: this.reader.type,
        format,
        stamp,
        frame,
        received,
        bytes,
        placement,
        ...(parts === undefined ? {} : { places: parts }),
        reduced,
        meta,
      };
      encoded.set(level, packTopicMessage({ header, arrays }));
    }
    return { ok: true, value: encoded };
  }

  private content({ message, video }: ReadMessage, level: number): Result<TopicContent> {
    if (this.digest !== null) return { ok: true, value: this.digest.content(level) };
    const detail = allDetails[level] as Detail;
    if (video != null) return { ok: true, value: videoContent(video, !detail.everyFrame) };
    switch (bareTypeName(this.reader.type)) {
      case "sensor_msgs/LaserScan":
        return scanContent(message as LaserScan, detail);
      case "sensor_msgs/PointCloud2":
        return cloudContent(
          message as PointCloud,
          detail,
          this.voxels[level] as { size: number },
          this.color,
        );
      case "nav_msgs/OccupancyGrid":
        return gridContent(message as OccupancyGrid, detail);
      case "sensor_msgs/Image":
        return this.image(message as RosImage, detail);
      case "sensor_msgs/CompressedImage":
      case "foxglove_msgs/CompressedImage":
        return compressedContent(message as CompressedImage);
      default:
        return { ok: true, value: treeContent(message) };
    }
  }

  private image(image: RosImage, { pixels: most, quality }: Detail): Result<TopicContent> {
    const pixels = pixelsOf(image, most);
    if (!pixels.ok) return pixels;
    const { width, height } = pixels.value;
    const isSmaller = width < image.width || height < image.height;
    return {
      ok: true,
      value: {
        format: "image",
        meta: {
          mime: "image/jpeg",
          width,
          height,
          encoding: image.encoding,
          of: [image.width, image.height],
        },
        arrays: { data: this.jpeg(pixels.value, quality) },
        reduced: isSmaller ? `${width} × ${height} of ${image.width} × ${image.height} pixels` : null,
      },
    };
  }
}
