import { describe, expect, it } from "vitest";
import { isOnePacket, kindOf } from "../../../src/protocol/mqtt-packet.ts";
import { MqttPacketCutter } from "../../../src/protocol/mqtt-packet-cutter.ts";

function cut(bytes: readonly number[], chunk: number) {
  const packets: number[][] = [];
  const leftOut: number[] = [];
  const cutter = new MqttPacketCutter(
    64,
    (packet) => packets.push([...packet]),
    (size) => leftOut.push(size),
  );
  let isMqtt = true;
  for (let at = 0; at < bytes.length && isMqtt; at += chunk) {
    isMqtt = cutter.push(Uint8Array.from(bytes.slice(at, at + chunk)));
  }
  return { packets, leftOut, isMqtt };
}

const ping = [0xc0, 0];
const publish = [0x32, 7, 0, 1, 97, 0, 9, 1, 2];
const large = [0x30, 0xac, 2, ...Array.from({ length: 300 }, () => 5)];

describe("a stream of MQTT", () => {
  it("is cut into whole packets, however it comes; too large ones are left out", () => {
    for (const chunk of [1, 2, 3, 50, 1000]) {
      expect(cut([...ping, ...large, ...publish, ...ping], chunk)).toEqual({
        packets: [ping, publish, ping],
        leftOut: [303],
        isMqtt: true,
      });
    }
  });

  it("that is none ends", () => {
    expect(cut([...ping, 0x30, 0xff, 0xff, 0xff, 0xff, 1], 3)).toMatchObject({
      packets: [ping],
      isMqtt: false,
    });
  });

  it("is one packet or not", () => {
    expect(isOnePacket(Uint8Array.from(publish))).toBe(true);
    expect(isOnePacket(Uint8Array.from([...publish, 0]))).toBe(false);
    expect(isOnePacket(Uint8Array.from(publish.slice(0, -1)))).toBe(false);
    expect(isOnePacket(new Uint8Array(0))).toBe(false);
    expect(kindOf(Uint8Array.from(publish))).toEqual({ kind: 3, qos: 1 });
  });
});
