import { encodeUtf8 } from "../utf8.ts";
import { type PlaybackStatus, playbackStatuses } from "./server-messages.ts";

/*
 * Binary frames of a Foxglove server: one byte of operation, then fixed fields, little endian. Both subprotocols have the
 * same ones; playback state is in `foxglove.sdk.v1` only. test/truth/foxglove.json has those of the vendor's own server.
 */

const operation = { message: 1, time: 2, serviceResponse: 3, asset: 4, playbackState: 5 } as const;

/** Bytes in front of a message's payload. */
export const messageHeaderBytes = 13;

/** Times are ns since 1970, as an unsigned 64-bit number. */
export function messageHeader(subscription: number, logTime: bigint): Uint8Array {
  const bytes = new Uint8Array(messageHeaderBytes);
  writeMessageHeader(bytes, subscription, logTime);
  return bytes;
}

/** A whole message, with a copy of its payload. */
export function messageFrame(subscription: number, logTime: bigint, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(messageHeaderBytes + payload.length);
  writeMessageHeader(bytes, subscription, logTime);
  bytes.set(payload, messageHeaderBytes);
  return bytes;
}

function writeMessageHeader(bytes: Uint8Array, subscription: number, logTime: bigint): void {
  const view = viewOf(bytes);
  bytes[0] = operation.message;
  view.setUint32(1, subscription, true);
  view.setBigUint64(5, logTime, true);
}

export function timeFrame(time: bigint): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = operation.time;
  viewOf(bytes).setBigUint64(1, time, true);
  return bytes;
}

export function serviceResponseFrame(
  service: number,
  call: number,
  encoding: string,
  payload: Uint8Array,
): Uint8Array {
  const name = encodeUtf8(encoding);
  const bytes = new Uint8Array(13 + name.length + payload.length);
  const view = viewOf(bytes);
  bytes[0] = operation.serviceResponse;
  view.setUint32(1, service, true);
  view.setUint32(5, call, true);
  view.setUint32(9, name.length, true);
  bytes.set(name, 13);
  bytes.set(payload, 13 + name.length);
  return bytes;
}

/** In front of the bytes of an asset that was found. */
export function assetHeader(request: number): Uint8Array {
  return assetFrame(request, 0, "");
}

export function assetFailureFrame(request: number, reason: string): Uint8Array {
  return assetFrame(request, 1, reason);
}

function assetFrame(request: number, status: number, reason: string): Uint8Array {
  const text = encodeUtf8(reason);
  const bytes = new Uint8Array(10 + text.length);
  const view = viewOf(bytes);
  bytes[0] = operation.asset;
  view.setUint32(1, request, true);
  bytes[5] = status;
  view.setUint32(6, text.length, true);
  bytes.set(text, 10);
  return bytes;
}

/** `request` is the id of the request that is answered; empty: the state changed by itself. */
export type PlaybackState = {
  status: PlaybackStatus;
  time: bigint;
  speed: number;
  /** The time jumped: what a client shows is of another time, and is to be cleared. */
  didSeek: boolean;
  request: string;
};

export function playbackStateFrame(state: PlaybackState): Uint8Array {
  const request = encodeUtf8(state.request);
  const bytes = new Uint8Array(19 + request.length);
  const view = viewOf(bytes);
  bytes[0] = operation.playbackState;
  bytes[1] = playbackStatuses.indexOf(state.status);
  view.setBigUint64(2, state.time, true);
  view.setFloat32(10, state.speed, true);
  bytes[14] = state.didSeek ? 1 : 0;
  view.setUint32(15, request.length, true);
  bytes.set(request, 19);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
