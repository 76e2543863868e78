import { once } from "node:events";
import { type AddressInfo, connect, createServer, type OnReadOpts, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BrokerStream } from "../../../src/io/mqtt/broker-stream.ts";

const tooLarge = 20_000;

/** A publication of QoS 0 whose payload says its number. */
function publication(number: number, bytes: number): Buffer {
  const body = Buffer.alloc(3 + bytes, number % 251);
  body.writeUInt16BE(1);
  body.write("t", 2);
  const length: number[] = [];
  for (let rest = body.length; ; rest >>>= 7) {
    length.push((rest & 127) | (rest > 127 ? 128 : 0));
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([0x30, ...length]), body]);
}

const ways: Record<string, (port: number, onread: OnReadOpts) => Socket> = {
  "into one buffer": (port, onread) => connect({ port, host: "127.0.0.1", onread }),
  "by chunks, as TLS does": (port) => connect({ port, host: "127.0.0.1" }),
};

describe.each(Object.entries(ways))("what a broker sends, read %s", (_, open) => {
  let server: Server;
  let stream: BrokerStream;
  let leftOut: number[];
  let bytes: Buffer;

  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end(bytes);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    leftOut = [];
  });
  afterEach(() => {
    stream.destroy();
    server.close();
  });

  function connected(): void {
    const { port } = server.address() as AddressInfo;
    const options = { maxPacketBytes: tooLarge, protocolVersion: 5 } as const;
    stream = new BrokerStream(
      (onread) => open(port, onread),
      options,
      (_topic, size) => leftOut.push(size),
    );
  }

  it("arrives whole and in order, but for what is too large, however slowly it is taken", async () => {
    const small = Array.from({ length: 4000 }, (_, i) => publication(i, i % 17 === 0 ? 9000 : i % 400));
    const large = publication(7, 300_000);
    bytes = Buffer.concat(small.flatMap((one, i) => (i % 1000 === 500 ? [one, large] : [one])));
    connected();
    const got: Buffer[] = [];
    let count = 0;
    for await (const chunk of stream) {
      got.push(chunk as Buffer);
      if (++count % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(leftOut).toEqual(Array(4).fill(large.length));
    const standIn = Buffer.from([0x30, 17, 0, 14, ...Buffer.from("$twin/left-out"), 0]);
    const wanted = small.flatMap((one, i) => (i % 1000 === 500 ? [one, standIn] : [one]));
    expect(Buffer.concat(got).equals(Buffer.concat(wanted))).toBe(true);
  });

  it("comes in turns: what else is due has its turn between them", async () => {
    bytes = Buffer.concat(Array.from({ length: 4000 }, (_, i) => publication(i, 100)));
    connected();
    let turns = 0;
    let inTurn = 0;
    let most = 0;
    stream.on("data", (chunk: Buffer) => {
      inTurn += chunk.length;
      most = Math.max(most, inTurn);
    });
    const next = (): void => {
      turns++;
      inTurn = 0;
      if (!stream.destroyed) setImmediate(next);
    };
    setImmediate(next);
    await Promise.all([once(stream, "end"), once(stream, "close")]);
    expect(turns).toBeGreaterThan(20);
    expect(most).toBeLessThan(bytes.length / 20);
  });
});
