import { describe, expect, it } from "vitest";
import { MqttPacketGuard } from "../../../src/protocol/mqtt-packet-guard.ts";
import { mqttPacket, mqttPublication } from "../../support/mqtt-bytes.ts";
import { randomFrom } from "../robot/random-from.ts";

const publish = (topic: string, payloadBytes: number, qos: 0 | 1 = 0, id = 0): number[] =>
  mqttPublication(
    topic,
    Array.from({ length: payloadBytes }, (_, i) => i & 255),
    qos,
    id,
  );

/** What passes a guard of 100 bytes when `bytes` come in chunks of the given sizes. */
function through(bytes: readonly number[], chunk: () => number, version: 4 | 5 = 4) {
  const passed: number[] = [];
  const leftOut: [string, number][] = [];
  const guard = new MqttPacketGuard(100, "$x", version, {
    pass: (some) => passed.push(...some),
    leftOut: (topic, size) => leftOut.push([topic, size]),
  });
  for (let at = 0; at < bytes.length; ) {
    const size = chunk();
    guard.push(Uint8Array.from(bytes.slice(at, at + size)));
    at += size;
  }
  return { passed, leftOut };
}

const pingResponse = [0xd0, 0];

describe("the guard of a broker's packets", () => {
  it("lets packets up to its bound through, byte for byte, however they are cut", () => {
    const bytes = [...publish("a/b", 5), ...pingResponse, ...publish("c", 95), ...publish("d", 0, 1, 7)];
    for (const size of [1, 2, 3, 7, 50, 1000]) {
      expect(through(bytes, () => size)).toEqual({ passed: bytes, leftOut: [] });
    }
  });

  it("leaves larger ones out and keeps their QoS and identifier, so that they are acknowledged", () => {
    const bytes = [...pingResponse, ...publish("big/one", 5000, 1, 0x1234), ...publish("c", 3)];
    const standIn = [0x32, 6, 0, 2, 0x24, 0x78, 0x12, 0x34];
    for (const size of [1, 2, 3, 7, 50, 10_000]) {
      expect(through(bytes, () => size)).toEqual({
        passed: [...pingResponse, ...standIn, ...publish("c", 3)],
        leftOut: [["big/one", publish("big/one", 5000, 1, 0).length]],
      });
    }
    expect(through(publish("x", 300), () => 11, 5).passed).toEqual([0x30, 5, 0, 2, 0x24, 0x78, 0]);
  });

  it("leaves out what is no publication without a word, and passes a header that is none", () => {
    const suback = mqttPacket(
      0x90,
      Array.from({ length: 300 }, () => 1),
    );
    expect(through([...suback, ...pingResponse], () => 13)).toEqual({ passed: pingResponse, leftOut: [] });
    const broken = [0x30, 0xff, 0xff, 0xff, 0xff, 0x01, 1, 2, 3];
    for (const size of [1, 4, 100]) {
      expect(through([...pingResponse, ...broken], () => size).passed).toEqual([...pingResponse, ...broken]);
    }
  });

  it("leaves publications of QoS 2 out, which nobody asked for, without an answer", () => {
    const two = publish("t", 5, 1, 9);
    two[0] = 0x34;
    for (const size of [1, 4, 100]) {
      expect(through([...two, ...publish("c", 3)], () => size)).toEqual({
        passed: publish("c", 3),
        leftOut: [["t", two.length]],
      });
    }
  });

  it("tells a topic's first 256 characters at most", () => {
    const [[topic] = [""]] = through(publish("t".repeat(1000), 10), () => 100).leftOut;
    expect(topic).toBe("t".repeat(256));
  });

  it("passes exactly the packets that fit of 300 random ones, cut at random", () => {
    const random = randomFrom(11);
    const bytes: number[] = [];
    const fitting: number[] = [];
    let large = 0;
    for (let i = 0; i < 300; i++) {
      const packet = publish("t", random.below(200));
      bytes.push(...packet);
      if (packet.length <= 100) fitting.push(...packet);
      else {
        fitting.push(0x30, 4, 0, 2, 0x24, 0x78);
        large++;
      }
    }
    const result = through(bytes, () => 1 + random.below(150));
    expect(result.passed).toEqual(fitting);
    expect(result.leftOut).toHaveLength(large);
  });
});
