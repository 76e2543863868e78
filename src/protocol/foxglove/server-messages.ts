/*
 * What a Foxglove server says as JSON text. https://github.com/foxglove/ws-protocol describes the older subprotocol;
 * test/truth/foxglove.json has the messages of the vendor's own server for the newer one.
 */

/** The newer one first. */
export const foxgloveSubprotocols = ["foxglove.sdk.v1", "foxglove.websocket.v1"] as const;
export type FoxgloveSubprotocol = (typeof foxgloveSubprotocols)[number];

export type Capability = "clientPublish" | "time" | "services" | "assets" | "playbackControl";

/** By their codes on the wire. */
export const playbackStatuses = ["playing", "paused", "buffering", "ended"] as const;
export type PlaybackStatus = (typeof playbackStatuses)[number];

/** ROS 1's spelling of a time. */
export type FoxgloveTime = { sec: number; nsec: number };

export type ServerInfo = {
  op: "serverInfo";
  name: string;
  capabilities: Capability[];
  /** Of what clients publish and of service calls. */
  supportedEncodings?: string[];
  metadata: Record<string, string>;
  /** Another one tells a client to forget what it knows. */
  sessionId: string;
  dataStartTime?: FoxgloveTime;
  dataEndTime?: FoxgloveTime;
};

/** What a channel carries. `schema` is text. */
export type ChannelKind = {
  topic: string;
  encoding: "cdr" | "json";
  schemaName: string;
  schemaEncoding: "ros2msg" | "jsonschema" | "";
  schema: string;
};

export type AdvertisedChannel = ChannelKind & { id: number };

type MessageSchema = { encoding: string; schemaName: string; schemaEncoding: string; schema: string };

export type AdvertisedService = {
  id: number;
  name: string;
  type: string;
  request: MessageSchema;
  response: MessageSchema;
};

export const statusLevels = { info: 0, warning: 1, error: 2 } as const;

export type ServerTextMessage =
  | ServerInfo
  | { op: "advertise"; channels: AdvertisedChannel[] }
  | { op: "unadvertise"; channelIds: number[] }
  | { op: "advertiseServices"; services: AdvertisedService[] }
  | { op: "serviceCallFailure"; serviceId: number; callId: number; message: string }
  /** One with the `id` of an earlier one takes its place. */
  | { op: "status"; level: 0 | 1 | 2; message: string; id?: string };

/** `ms` since 1970 as a Foxglove time. */
export function foxgloveTime(ms: number): FoxgloveTime {
  const ns = nanoseconds(ms);
  return { sec: Number(ns / 1_000_000_000n), nsec: Number(ns % 1_000_000_000n) };
}

/** `ms` since 1970 in ns, to the microsecond: a double has no more. */
export function nanoseconds(ms: number): bigint {
  return ms > 0 ? BigInt(Math.round(ms * 1000)) * 1000n : 0n;
}

/** As `nanoseconds`, back again. */
export function milliseconds(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}
