import { parse } from "@foxglove/rosmsg";
import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { type Result, refused } from "../../core/result.ts";
import type { Stamp } from "../../core/stamp.ts";
import { type FindMessageText, rosSchemaText } from "../ros-schema-text.ts";

/** A larger message is none of a robot's. */
const mostBytes = 256 * 1024 * 1024;

/** A message of any type, with the stamp and the frame of its header; null: it has none. */
export type ReadMessage = { message: Record<string, unknown>; stamp: Stamp | null; frame: string | null };

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
      return refused(`the definition of ${type} cannot be read: ${wordsOf(error)}`);
    }
  }

  /** `bytes` must stay as they are while the message is in use: its arrays are views of them. */
  read(bytes: Uint8Array): Result<ReadMessage> {
    if (bytes.byteLength > mostBytes) return refused(`${bytes.byteLength} bytes are too many`);
    if (bytes.byteLength < 4) return refused(`${bytes.byteLength} bytes are no CDR message`);
    if (bytes[0] !== 0 || bytes[1] !== 1) return refused("its CDR encoding is not little endian");
    let message: Record<string, unknown>;
    try {
      message = this.reader.readMessage(ownCopy(bytes));
    } catch (error) {
      return refused(`malformed CDR: ${wordsOf(error)}`);
    }
    const header = message.header as { stamp?: Partial<Stamp>; frame_id?: string } | undefined;
    // Some types have a stamp without a header.
    const stamp = header?.stamp ?? (message.stamp as Partial<Stamp> | undefined) ?? message.timestamp;
    const frame = header?.frame_id ?? message.frame_id;
    return {
      ok: true,
      value: {
        message,
        stamp: stampOf(stamp),
        frame: bareFrame(frame),
      },
    };
  }
}

/** In memory of its own, so that no view reaches beyond its end; from 4 on, which puts what CDR aligns to 8 on a multiple of 8. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  const own = new Uint8Array(new ArrayBuffer(bytes.byteLength + 4), 4);
  own.set(bytes);
  return own;
}

/** A time of ROS; the reader names its parts `sec` and `nsec`, or `nanosec`. */
function stampOf(value: unknown): Stamp | null {
  if (typeof value !== "object" || value === null) return null;
  const { sec, nanosec, nsec } = value as { sec?: unknown; nanosec?: unknown; nsec?: unknown };
  const fine = nanosec ?? nsec;
  return typeof sec === "number" && typeof fine === "number" ? { sec, nanosec: fine } : null;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}

/** Frames of tf1 began with a slash. */
function bareFrame(frame: unknown): string | null {
  return typeof frame === "string" && frame !== "" ? frame.replace(/^\//, "") : null;
}
