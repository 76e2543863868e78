import { describe, expect, it } from "vitest";
import { Chance } from "../../../../src/core/chance.ts";
import { type ClientFrame, readClientFrame } from "../../../../src/protocol/foxglove/client-frames.ts";
import { readClientMessage } from "../../../../src/protocol/foxglove/client-messages.ts";
import {
  assetFailureFrame,
  assetHeader,
  messageFrame,
  messageHeader,
  playbackStateFrame,
  serviceResponseFrame,
  timeFrame,
} from "../../../../src/protocol/foxglove/server-frames.ts";
import {
  foxgloveTime,
  milliseconds,
  nanoseconds,
  type PlaybackStatus,
} from "../../../../src/protocol/foxglove/server-messages.ts";
import { triggerService } from "../../../../src/protocol/foxglove/trigger-service.ts";
import truth from "../../../truth/foxglove.json" with { type: "json" };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (text: string): Buffer => Buffer.from(text, "hex");
type Exchange = { name: string; sent: string | object; calls: Record<string, unknown>[]; answers: unknown[] };
const exchanges = truth.client as Exchange[];
const client = (name: string): Exchange => {
  const found = exchanges.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("a frame of the server", () => {
  it("is byte for byte that of the vendor's own server: messages", () => {
    for (const { subscriptionId, logTime, data, frame } of [
      truth.server.messageData,
      truth.server["messageData+"],
    ]) {
      const payload = bytesOf(data);
      expect(hex(messageFrame(subscriptionId, BigInt(logTime), payload))).toBe(frame);
      expect(hex(messageHeader(subscriptionId, BigInt(logTime))) + data).toBe(frame);
    }
  });

  it("is byte for byte that of the vendor's own server: time, playback states", () => {
    expect(hex(timeFrame(BigInt(truth.server.time.time)))).toBe(truth.server.time.frame);
    expect(truth.server.playbackState).toHaveLength(8);
    for (const { status, time, speed, didSeek, requestId, frame } of truth.server.playbackState) {
      const state = { status: status as PlaybackStatus, time: BigInt(time), speed, didSeek };
      expect(hex(playbackStateFrame({ ...state, request: requestId ?? "" }))).toBe(frame);
    }
  });

  it("is byte for byte that of the vendor's own server: service responses and assets", () => {
    const pong = Uint8Array.from([0, 1, 2, ...Buffer.from("pong")]);
    expect(hex(serviceResponseFrame(1, 11, "cdr", pong))).toBe(client("service").answers[0]);
    expect(hex(assetHeader(5)) + hex(Buffer.from("solid arm"))).toBe(client("asset").answers[0]);
    expect(hex(assetFailureFrame(6, "OSError: not found"))).toBe(client("missing asset").answers[0]);
  });

  it("describes a service as the vendor's own server does", () => {
    const [theirs] = truth.server.advertiseServices.services;
    expect(triggerService(1, "/stop")).toEqual(theirs);
  });

  it("has times in ns, as far as a double holds ms", () => {
    expect(nanoseconds(1_700_000_000_123.456)).toBe(1_700_000_000_123_456_000n);
    expect(nanoseconds(-1)).toBe(0n);
    expect(milliseconds(1_700_000_000_123_456_789n)).toBeCloseTo(1_700_000_000_123.456, 3);
    expect(foxgloveTime(1_700_000_000_123.456)).toEqual({ sec: 1_700_000_000, nsec: 123_456_000 });
    expect(truth.server.serverInfo.dataStartTime).toEqual({ sec: 1_700_000_000, nsec: 123_456_789 });
  });
});

describe("a frame of a client", () => {
  const read = (name: string): ClientFrame => {
    const frame = readClientFrame(bytesOf(client(name).sent as string));
    if (!frame.ok) throw new Error(frame.reason);
    return frame.value;
  };

  it("means what the vendor's own server reads in it", () => {
    const message = read("message");
    expect(message).toMatchObject({ op: "message", channel: 3 });
    expect(message.op === "message" && hex(message.payload)).toBe(client("message").calls[0]?.data);
    const service = read("service");
    expect(service).toMatchObject({ op: "serviceCall", service: 1, call: 11, encoding: "cdr" });
    expect(service.op === "serviceCall" && hex(service.payload)).toBe(client("service").calls[0]?.data);
    for (const name of ["play", "pause and seek"]) {
      const [theirs] = client(name).calls;
      expect(read(name)).toEqual({
        op: "playback",
        command: theirs?.command,
        speed: theirs?.speed,
        seek: theirs?.seek === null ? null : BigInt(String(theirs?.seek)),
        request: theirs?.requestId,
      });
    }
  });

  it("is refused where the vendor's own server refuses it", () => {
    const names = [
      "playback of an unknown command",
      "playback cut short",
      "service cut short",
      "unknown opcode",
    ];
    for (const name of names) {
      expect(client(name).answers[0], name).toMatchObject({ op: "status", level: 2 });
      expect(readClientFrame(bytesOf(client(name).sent as string)).ok, name).toBe(false);
    }
    expect(readClientFrame(new Uint8Array()).ok).toBe(false);
  });

  it("of text is read as the vendor's own server reads it", () => {
    for (const { name, sent } of exchanges) {
      if (typeof sent === "string") continue;
      const message = readClientMessage(JSON.stringify(sent));
      expect(message.ok, name).toBe(name !== "unknown op");
      if (message.ok) expect(message.value).toMatchObject(sent);
    }
  });

  it("of text with fields that are not known is read, and with wrong ones refused by name", () => {
    const subscribe = { op: "subscribe", subscriptions: [{ id: 1, channelId: 2, more: 1 }], new: true };
    expect(readClientMessage(JSON.stringify(subscribe)).ok).toBe(true);
    const wrong = { op: "subscribe", subscriptions: [{ id: -1, channelId: 2 }] };
    expect(readClientMessage(JSON.stringify(wrong))).toMatchObject({ ok: false, path: "subscriptions.0.id" });
    for (const text of ["", "null", "[]", "7", '"subscribe"', "{", '{"op":7}', '{"op":"__proto__"}']) {
      expect(readClientMessage(text).ok, text).toBe(false);
    }
  });

  it("never throws: 10,000 mutated ones", () => {
    const chance = new Chance(14);
    const seeds = exchanges.map(({ sent }) =>
      typeof sent === "string" ? bytesOf(sent) : Buffer.from(JSON.stringify(sent)),
    );
    let good = 0;
    for (let i = 0; i < 10_000; i++) {
      const bytes = Buffer.from(seeds[i % seeds.length] as Buffer);
      for (let n = Math.floor(chance.next() * 4); n >= 0; n--) {
        bytes[Math.floor(chance.next() * bytes.length)] = Math.floor(chance.next() * 256);
      }
      const cut = bytes.subarray(
        0,
        chance.next() < 0.3 ? Math.floor(chance.next() * bytes.length) : bytes.length,
      );
      if (readClientFrame(cut).ok) good++;
      if (readClientMessage(cut.toString()).ok) good++;
    }
    expect(good).toBeGreaterThan(100);
    expect(good).toBeLessThan(9900);
  });
});
