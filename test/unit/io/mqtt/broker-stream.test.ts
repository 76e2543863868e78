import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type OnReadOpts, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { MqttClient } from "mqtt";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { BrokerStream } from "../../../../src/io/mqtt/broker-stream.ts";
import { makeCertificates } from "../../../support/certificates.ts";
import { mqttPublication } from "../../../support/mqtt-bytes.ts";

const tooLarge = 20_000;

/** A publication of QoS 0 whose payload says its number. */
const publication = (number: number, bytes: number): Buffer =>
  Buffer.from(mqttPublication("t", Buffer.alloc(bytes, number % 251)));

type Way = {
  serve: (take: (socket: Socket) => void) => Server;
  open: (port: number, onread: OnReadOpts) => Socket;
};

const folder = mkdtempSync(join(tmpdir(), "twin-broker-stream-"));
const certificates = makeCertificates(folder);
afterAll(() => rmSync(folder, { recursive: true }));

const ways: Record<string, Way> = {
  TCP: {
    serve: (take) => createServer(take),
    open: (port, onread) => connect({ port, host: "127.0.0.1", onread }),
  },
  TLS: {
    serve: (take) =>
      createTlsServer(
        { cert: readFileSync(certificates.brokerCert), key: readFileSync(certificates.brokerKey) },
        take,
      ),
    open: (port) => connectTls({ port, host: "127.0.0.1", ca: readFileSync(certificates.ca) }),
  },
};

describe.each(Object.entries(ways))("what a broker sends by %s", (_, { serve, open }) => {
  let server: Server;
  let stream: BrokerStream;
  let leftOut: number[];
  /** What the broker writes, each in a piece of its own, before it ends. */
  let pieces: Buffer[];

  beforeEach(async () => {
    server = serve((socket) => {
      socket.on("error", () => undefined);
      socket.resume();
      for (const piece of pieces) socket.write(piece);
      socket.end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    leftOut = [];
  });
  afterEach(() => {
    stream.destroy();
    server.close();
  });

  function connected(now?: () => number): void {
    const { port } = server.address() as AddressInfo;
    const options = { maxPacketBytes: tooLarge, protocolVersion: 5 } as const;
    const tell = (_topic: string, size: number) => leftOut.push(size);
    stream = new BrokerStream((onread) => open(port, onread), options, tell, now);
  }

  it("arrives whole and in order, but for what is too large, however slowly it is taken", async () => {
    const small = Array.from({ length: 4000 }, (_, i) => publication(i, i % 17 === 0 ? 9000 : i % 400));
    const large = publication(7, 300_000);
    pieces = small.flatMap((one, i) => (i % 1000 === 500 ? [one, large] : [one]));
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

  it("is read to its last word, also when we answer one who has hung up", async () => {
    pieces = Array.from({ length: 4000 }, (_, i) => publication(i, 100));
    connected();
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      stream.write(Buffer.from([0x40, 2, 0, 1]));
    });
    await Promise.all([once(stream, "end"), once(stream, "close")]);
    expect(bytes).toBe(Buffer.concat(pieces).length);
  });

  it.each([5, 15, 60, 300, 3000])(
    "reaches MQTT.js to the last of %d messages before the broker hangs up",
    async (all) => {
      const messages = Array.from({ length: all }, (_, i) => publication(i, 100));
      pieces = [Buffer.concat([Buffer.from([0x20, 2, 0, 0]), ...messages])];
      let count = 0;
      const builder = () => {
        connected();
        return stream;
      };
      const client = new MqttClient(builder as never, {
        protocolId: "MQTT",
        protocolVersion: 4,
        reconnectPeriod: 0,
      });
      client.on("message", () => count++);
      await new Promise<void>((resolve) => client.once("close", resolve));
      expect(count).toBe(all);
      client.end(true);
    },
  );

  /** Takes everything at a cost by its own clock; the most bytes that came between two turns of the event loop. */
  async function mostInATurn(usEachByte: number): Promise<number> {
    let ms = 0;
    connected(() => ms);
    let inTurn = 0;
    let most = 0;
    stream.on("data", (chunk: Buffer) => {
      ms += (chunk.length * usEachByte) / 1000;
      inTurn += chunk.length;
      most = Math.max(most, inTurn);
    });
    const next = (): void => {
      inTurn = 0;
      if (!stream.destroyed) setImmediate(next);
    };
    setImmediate(next);
    await Promise.all([once(stream, "end"), once(stream, "close")]);
    return most;
  }

  it("comes in turns as short as can be where it is slow to take, as code is that is cold", async () => {
    pieces = Array.from({ length: 4000 }, (_, i) => publication(i, 100));
    expect(await mostInATurn(1)).toBeLessThanOrEqual(3 * 2048);
  });

  it("comes in longer turns where it is quick to take, and in no endless one", async () => {
    pieces = Array.from({ length: 10_000 }, (_, i) => publication(i, 100));
    const most = await mostInATurn(0);
    expect(most).toBeGreaterThan(3 * 2048);
    expect(most).toBeLessThanOrEqual(32_768 + 2 * 16_384);
  });
});
