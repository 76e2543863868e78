import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeUartFrame, UartFrameReader } from "../../src/protocol/uart-frame.ts";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { mqttPacket, mqttPublication, mqttText } from "../support/mqtt-bytes.ts";
import { runTwin, TwinProcess } from "../support/twin-process.ts";

const packet = (first: number, body: readonly number[]) => Uint8Array.from(mqttPacket(first, body));

/** A client's CONNECT with the will "gone" on `w`. */
const connectPacket = packet(0x10, [
  ...mqttText("MQTT"),
  4,
  0x06,
  0,
  60,
  ...mqttText("line"),
  ...mqttText("w"),
  ...mqttText("gone"),
]);
const subscribePacket = packet(0x82, [0, 1, ...mqttText("down"), 0]);
const publishPacket = Uint8Array.from(mqttPublication("up", Buffer.from("hello")));

/** The microcontroller's end of a line: a TCP port that the gateway joins. */
class Line {
  readonly frames: Uint8Array[] = [];
  socket: Socket | null = null;
  private readonly server: Server;

  constructor() {
    this.server = createServer((socket) => {
      this.socket = socket;
      const reader = new UartFrameReader(16 * 1024, {
        frame: (one) => this.frames.push(one),
        bad: () => undefined,
      });
      socket.on("data", (bytes: Buffer) => reader.push(bytes));
      socket.on("error", () => undefined);
    });
  }

  async listen(): Promise<number> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    const address = this.server.address();
    if (typeof address !== "object" || address === null) throw new Error("no port");
    return address.port;
  }

  send(...packets: Uint8Array[]): void {
    for (const one of packets) this.socket?.write(encodeUartFrame(one));
  }

  kinds(): number[] {
    return this.frames.map((frame) => (frame.length === 0 ? 0 : (frame[0] as number) >> 4));
  }

  async close(): Promise<void> {
    this.socket?.destroy();
    this.server.close();
    await once(this.server, "close");
  }
}

describe("twin gateway, wrongly called,", () => {
  it("says what is missing and ends with 2", async () => {
    for (const args of [
      [],
      ["--serial", "/dev/x", "--tcp", "127.0.0.1:1"],
      ["--tcp", "nowhere"],
      ["--baud", "-1"],
    ]) {
      const { code, err } = await runTwin("gateway", ...args);
      expect([args.join(" "), code]).toEqual([args.join(" "), 2]);
      expect(err).not.toBe("");
    }
  });

  it("names a serial port that is not there, with a remedy, and goes on trying", async () => {
    const gateway = new TwinProcess();
    gateway.start("gateway", "--serial", "/dev/ttyNONE");
    await eventually("the line", () =>
      /ttyNONE.*(plugged in|npm install serialport)/.test(gateway.out + gateway.err),
    );
    await gateway.remove();
  });
});

describe.skipIf(!hasMosquitto())("twin gateway", () => {
  const broker = new Mosquitto();
  let line: Line;
  let gateway: TwinProcess;
  let client: MqttClient;
  const heard: string[] = [];

  beforeAll(async () => {
    await broker.start();
    client = mqtt.connect(broker.url, { protocolVersion: 5, reconnectPeriod: 100 });
    client.on("message", (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
    await eventually("a client", () => client.connected);
    await client.subscribeAsync(["up", "w"]);
  });
  beforeEach(async () => {
    heard.length = 0;
    line = new Line();
    gateway = new TwinProcess();
    gateway.start("gateway", "--tcp", `127.0.0.1:${await line.listen()}`, "--url", broker.url, "--json");
    await eventually("the line", () => line.socket !== null);
  });
  afterEach(async () => {
    await gateway.remove();
    await line.close();
  });
  afterAll(async () => {
    client.end(true);
    await broker.remove();
  });

  it("carries a session both ways, and tells its counters at the end", async () => {
    line.send(connectPacket);
    await eventually("CONNACK", () => line.kinds().includes(2));
    line.send(subscribePacket, publishPacket);
    await eventually("SUBACK", () => line.kinds().includes(9));
    await eventually("the message up", () => heard.includes("up hello"));
    client.publish("down", "there");
    await eventually("the message down", () =>
      line.frames.some((frame) => Buffer.from(frame).includes("there")),
    );
    const { code, out } = await gateway.stop();
    expect(code).toBe(0);
    const last = JSON.parse(out.trim().split("\n").at(-1) ?? "{}");
    expect(last).toMatchObject({ event: "counters", counters: { toBroker: 3, damaged: 0, sessions: 1 } });
    // Its end is the session's: the will is said.
    await eventually("the will", () => heard.includes("w gone"));
  });

  it("loses a damaged frame alone, and anything that is no packet", async () => {
    line.send(connectPacket);
    await eventually("CONNACK", () => line.kinds().includes(2));
    const hurt = encodeUartFrame(publishPacket);
    hurt[5] = (hurt[5] as number) ^ 0x40;
    line.socket?.write(Buffer.from(hurt));
    line.socket?.write(Buffer.alloc(50_000, 0x55));
    line.socket?.write(Buffer.from([0, 0, 0, 1, 1, 1, 0]));
    line.send(publishPacket.subarray(0, 5), publishPacket);
    await eventually("the good one", () => heard.includes("up hello"));
    expect(heard.filter((one) => one.startsWith("up"))).toEqual(["up hello"]);
    const { out } = await gateway.stop();
    expect(JSON.parse(out.trim().split("\n").at(-1) ?? "{}").counters.damaged).toBeGreaterThanOrEqual(4);
  });

  it("tells a device without a session that it has none, and begins anew with each CONNECT", async () => {
    line.send(publishPacket);
    await eventually("an empty frame", () => line.kinds().includes(0));
    line.send(connectPacket);
    await eventually("CONNACK", () => line.kinds().includes(2));
    line.send(connectPacket);
    await eventually("the will of the first", () => heard.includes("w gone"));
    await eventually("a second CONNACK", () => line.kinds().filter((kind) => kind === 2).length === 2);
  });

  it("tells the device when the broker is gone, and the broker when the device is", async () => {
    line.send(connectPacket);
    await eventually("CONNACK", () => line.kinds().includes(2));
    line.socket?.destroy();
    await eventually("the will", () => heard.includes("w gone"));
    line.socket = null;
    await eventually("the line again", () => line.socket !== null);
    line.send(connectPacket);
    await eventually("CONNACK again", () => line.kinds().filter((kind) => kind === 2).length === 2);
    line.frames.length = 0;
    await broker.kill();
    await eventually("an empty frame", () => line.kinds().includes(0));
    await broker.start();
    line.send(connectPacket);
    await eventually("CONNACK of the broker that came back", () => line.kinds().includes(2));
  });

  it("leaves out what is too large for a device, and keeps the order of the rest", async () => {
    line.send(connectPacket);
    await eventually("CONNACK", () => line.kinds().includes(2));
    line.send(subscribePacket);
    await eventually("SUBACK", () => line.kinds().includes(9));
    client.publish("down", "x".repeat(20_000));
    client.publish("down", "small");
    await eventually("the small one", () =>
      line.frames.some((frame) => Buffer.from(frame).includes("small")),
    );
    expect(line.frames.every((frame) => frame.length < 9000)).toBe(true);
  });
});
