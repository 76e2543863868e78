import { parse } from "@foxglove/rosmsg";
import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { firstLineOf } from "../../core/first-line.ts";
import { type Result, refused } from "../../core/result.ts";
import type { Stamp } from "../../core/stamp.ts";
import { ownCopy } from "../cdr-message.ts";
import { type FindMessageText, rosSchemaText } from "../ros-schema-text.ts";
import { bareFrame } from "./bare-frame.ts";
import { markerTypes } from "./marker-types.ts";
import { readStamp } from "./read-stamp.ts";
import type { VideoFrameData } from "./video/video-stream.ts";

/** A larger message is none of a robot's. */
const mostBytes = 256 * 1024 * 1024;

/** The stamp and the frame of a header; null: it has none. */
export type ReadHeader = { stamp: Stamp | null; frame: string | null };

/** A message of any type with its header. */
export type ReadMessage = ReadHeader & {
  message: Record<string, unknown>;
  /** The headers of its parts, of each frame the first; of a MarkerArray only. */
  parts?: readonly ReadHeader[];
  /** Addresses of the mesh files that markers name. */
  meshes?: readonly string[];
  /** Of a message of a video its frame; null: there is nothing to be shown. */
  video?: VideoFrameData | null;
};

/** Mesh files of a message that are looked at at most. */
const mostMeshes = 256;
/** Frames of parts that are placed at most. */
const mostParts = 256;

/** Reads the CDR bytes of one type, whose definition is found by its name. */
export class TopicReader {
  private constructor(
    readonly type: string,
    private readonly reader: MessageReader,
  ) {}

  /** `type` as `sensor_msgs/msg/LaserScan`. Refused where the definition of one of its parts is not found, or is none. */
  static of(type: string, find?: FindMessageText): Result<TopicReader> {
    const text = rosSchemaText(type, find);
    if (text === null) return refused(`no definition of ${type} is installed here`);
    try {
      return { ok: true, value: new TopicReader(type, new MessageReader(parse(text, { ros2: true }))) };
    } catch (error) {
      return refused(`the definition of ${type} cannot be read: ${firstLineOf(error)}`);
    }
  }

  /** The message of these bytes, which may be used again: it has memory of its own. */
  read(bytes: Uint8Array): Result<ReadMessage> {
    if (bytes.byteLength > mostBytes) return refused(`${bytes.byteLength} bytes are too many`);
    if (bytes.byteLength < 4) return refused(`${bytes.byteLength} bytes are no CDR message`);
    if (bytes[0] !== 0 || bytes[1] !== 1) return refused("its CDR encoding is not little endian");
    let message: Record<string, unknown>;
    try {
      message = this.reader.readMessage(ownCopy(bytes));
    } catch (error) {
      return refused(`malformed CDR: ${firstLineOf(error)}`);
    }
    const value = { message, ...headerOf(message) };
    if (this.type.endsWith("/Marker")) return { ok: true, value: { ...value, ...meshesOf([message]) } };
    if (!this.type.endsWith("/MarkerArray") || !Array.isArray(message.markers)) return { ok: true, value };
    const { markers } = message;
    return { ok: true, value: { ...value, parts: partsOf(markers), ...meshesOf(markers) } };
  }
}

function headerOf(message: Record<string, unknown>): ReadHeader {
  const header = message.header as { stamp?: Partial<Stamp>; frame_id?: string } | undefined;
  // Some types have a stamp without a header.
  const stamp = header?.stamp ?? (message.stamp as Partial<Stamp> | undefined) ?? message.timestamp;
  const frame = header?.frame_id ?? message.frame_id;
  return {
    stamp: readStamp(stamp),
    frame: typeof frame === "string" && frame !== "" ? bareFrame(frame) : null,
  };
}

function partsOf(markers: readonly unknown[]): ReadHeader[] {
  const found = new Map<string, ReadHeader>();
  for (const marker of markers) {
    const header = headerOf(marker as Record<string, unknown>);
    if (header.frame === null || found.has(header.frame)) continue;
    found.set(header.frame, header);
    if (found.size >= mostParts) break;
  }
  return [...found.values()];
}

/** The mesh files that markers name; none where there are none. */
function meshesOf(markers: readonly unknown[]): { meshes?: readonly string[] } {
  const found = new Set<string>();
  for (const marker of markers) {
    const { type, mesh_resource: uri } = marker as Record<string, unknown>;
    if (type !== markerTypes.mesh || typeof uri !== "string" || uri === "") continue;
    found.add(uri);
    if (found.size >= mostMeshes) break;
  }
  return found.size === 0 ? {} : { meshes: [...found] };
}
