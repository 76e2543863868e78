import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EmulatedLine } from "../../../../src/io/mqtt/emulated-line.ts";
import { UartGateway } from "../../../../src/io/mqtt/uart-gateway.ts";
import { encodeUartFrame, UartFrameReader } from "../../../../src/protocol/uart-frame.ts";
import { eventually } from "../../../support/eventually.ts";
import { mqttPacket, mqttPublication, mqttText } from "../../../support/mqtt-bytes.ts";

const connectPacket = mqttPacket(0x10, [...mqttText("MQTT"), 4, 2, 0, 60, ...mqttText("device")]);
const connackPacket = mqttPacket(0x20, [0, 0]);
const up = (text: string) => mqttPublication("up", Buffer.from(text));

/** A broker that only notes what comes, and a device at the other end of a line. */
class Ends {
  readonly sessions: { socket: Socket; bytes: number[]; isClosed: boolean }[] = [];
  /** Packets that the device got; an empty one: its session is over. */
  readonly atDevice: number[][] = [];
  readonly events: string[] = [];
  private readonly server: Server;
  private readonly reader = new UartFrameReader(16 * 1024, {
    frame: (packet) => this.atDevice.push([...packet]),
    bad: () => this.atDevice.push([-1]),
  });
  readonly line = new EmulatedLine((bytes, taken) => {
    this.reader.push(bytes);
    taken();
  });
  gateway!: UartGateway;

  constructor() {
    this.server = createServer((socket) => {
      const session = { socket, bytes: [] as number[], isClosed: false };
      this.sessions.push(session);
      socket.on("data", (bytes: Buffer) => session.bytes.push(...bytes));
      socket.on("error", () => undefined);
      socket.on("close", () => {
        session.isClosed = true;
      });
    });
  }

  async open(line: Duplex = this.line): Promise<this> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    const { port } = this.server.address() as AddressInfo;
    const broker = { url: `mqtt://127.0.0.1:${port}` };
    this.gateway = new UartGateway(line, { broker, onEvent: (text) => this.events.push(text) });
    return this;
  }

  device(...packets: number[][]): void {
    for (const packet of packets) this.line.fromDevice(encodeUartFrame(Uint8Array.from(packet)));
  }

  /** The broker's end of session `n`, once it is there and has got `bytes`. */
  session(n: number, bytes: number): Promise<(typeof this.sessions)[number]> {
    return eventually(`session ${n} with ${bytes} bytes`, () => {
      const session = this.sessions[n];
      return session !== undefined && session.bytes.length >= bytes && session;
    });
  }

  close(): void {
    this.gateway.end();
    for (const { socket } of this.sessions) socket.destroy();
    this.server.close();
  }
}

describe("the gateway of a serial line", () => {
  let ends: Ends;

  beforeEach(async () => {
    ends = await new Ends().open();
  });
  afterEach(() => ends.close());

  it("carries packets both ways as they are, and counts them", async () => {
    ends.device(connectPacket, up("hello"));
    const { socket, bytes } = await ends.session(0, connectPacket.length + up("hello").length);
    expect(bytes).toEqual([...connectPacket, ...up("hello")]);
    socket.write(Uint8Array.from([...connackPacket, ...up("down")]));
    await eventually("both packets at the device", () => ends.atDevice.length === 2);
    expect(ends.atDevice).toEqual([connackPacket, up("down")]);
    expect(ends.gateway.counters).toEqual({ toBroker: 2, toDevice: 2, damaged: 0, leftOut: 0, sessions: 1 });
    expect(ends.events).toEqual(["the device's session is open"]);
  });

  it("tells a device that speaks without a session that it has none", async () => {
    ends.device(up("lost"));
    await eventually("the notice", () => ends.atDevice.length === 1);
    expect(ends.atDevice).toEqual([[]]);
    expect(ends.sessions).toEqual([]);
  });

  it("counts what was damaged on the line and passes none of it on", async () => {
    ends.device(connectPacket);
    await ends.session(0, connectPacket.length);
    const frame = encodeUartFrame(Uint8Array.from(up("x")));
    frame[3] = (frame[3] as number) ^ 1;
    ends.line.fromDevice(frame);
    ends.device([0x30], [...up("two"), ...up("packets")], up("good"));
    const { bytes } = await ends.session(0, connectPacket.length + up("good").length);
    expect(bytes).toEqual([...connectPacket, ...up("good")]);
    expect(ends.gateway.counters.damaged).toBe(3);
  });

  it("tears the session of a device that begins anew, so that its will is sent, and opens another", async () => {
    ends.device(connectPacket);
    const first = await ends.session(0, connectPacket.length);
    ends.device(connectPacket);
    await ends.session(1, connectPacket.length);
    await eventually("the first to close", () => first.isClosed);
    expect(ends.gateway.counters.sessions).toBe(2);
    expect(ends.atDevice).toEqual([]);
  });

  it("opens four sessions a second at most", async () => {
    for (let n = 0; n < 7; n++) ends.device(connectPacket);
    await eventually("all frames", () => ends.gateway.counters.leftOut === 3);
    expect(ends.gateway.counters.sessions).toBe(4);
  });

  it("ends the session where the device says that its connection is closed", async () => {
    ends.device(connectPacket);
    const session = await ends.session(0, connectPacket.length);
    ends.device([]);
    await eventually("the close", () => session.isClosed);
    expect(ends.events.at(-1)).toBe("the device's session is closed");
  });

  it("tells the device when the broker closes the connection", async () => {
    ends.device(connectPacket);
    const { socket } = await ends.session(0, connectPacket.length);
    socket.end();
    await eventually("the notice", () => ends.atDevice.length === 1);
    expect(ends.atDevice).toEqual([[]]);
    expect(ends.events.at(-1)).toBe("the broker closed the connection");
  });

  it("gives up a broker that speaks no MQTT", async () => {
    ends.device(connectPacket);
    const { socket } = await ends.session(0, connectPacket.length);
    socket.write(Uint8Array.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]));
    await eventually("the notice", () => ends.atDevice.length === 1);
    expect(ends.atDevice).toEqual([[]]);
  });

  it("leaves out what no microcontroller can take, and goes on with what follows", async () => {
    ends.device(connectPacket);
    const { socket } = await ends.session(0, connectPacket.length);
    socket.write(Uint8Array.from([...mqttPublication("t", Buffer.alloc(9000)), ...connackPacket]));
    await eventually("what follows", () => ends.atDevice.length === 1);
    expect(ends.atDevice).toEqual([connackPacket]);
    expect(ends.gateway.counters.leftOut).toBe(1);
  });

  it("tears the session when the line is gone", async () => {
    ends.device(connectPacket);
    const session = await ends.session(0, connectPacket.length);
    ends.line.destroy();
    await eventually("the close", () => session.isClosed);
  });

  it("closes the line when it is ended, once", () => {
    ends.gateway.end();
    ends.gateway.end();
    expect(ends.line.destroyed).toBe(true);
    ends.line.fromDevice(encodeUartFrame(Uint8Array.from(connectPacket)));
    expect(ends.gateway.counters.sessions).toBe(0);
  });
});

/** A line that takes nothing, until it goes on. */
class StuckLine extends Duplex {
  readonly written: Buffer[] = [];
  isStuck = true;
  private done: () => void = () => undefined;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written.push(chunk);
    if (this.isStuck) this.done = done;
    else done();
  }

  goOn(): void {
    this.isStuck = false;
    this.done();
  }
}

describe("a line that is slower than the broker", () => {
  it("leaves publications of QoS 0 out once enough waits, and no other packet", async () => {
    const line = new StuckLine();
    const ends = await new Ends().open(line);
    line.push(encodeUartFrame(Uint8Array.from(connectPacket)));
    const { socket } = await ends.session(0, connectPacket.length);
    const large = mqttPublication("t", Buffer.alloc(3000));
    socket.write(Uint8Array.from([...large, ...large, ...large, ...mqttPublication("t", [1], 1, 7)]));
    const { counters } = ends.gateway;
    await eventually("all of it", () => counters.leftOut === 1);
    // One is on the line; of the others the newest, and what must arrive, wait.
    expect(counters).toMatchObject({ toDevice: 1, leftOut: 1 });
    ends.close();
  });

  it("gets the newest of what is sent too fast, and none that waited long", async () => {
    const line = new StuckLine();
    const ends = await new Ends().open(line);
    line.push(encodeUartFrame(Uint8Array.from(connectPacket)));
    const { socket } = await ends.session(0, connectPacket.length);
    const numbered = (n: number) => mqttPublication("t", Buffer.alloc(600, n));
    for (let n = 1; n <= 20; n += 1) socket.write(Uint8Array.from(numbered(n)));
    const { counters } = ends.gateway;
    await eventually("the oldest to be left out", () => counters.leftOut === 13);
    line.goOn();
    await eventually("the rest", () => counters.toDevice === 7);
    expect(line.written.map((frame) => frame[20])).toEqual([1, 15, 16, 17, 18, 19, 20]);
    line.isStuck = true;
    socket.write(Uint8Array.from(numbered(30)));
    socket.write(Uint8Array.from(numbered(31)));
    await eventually("the next on the line", () => counters.toDevice === 8);
    await new Promise((resolve) => setTimeout(resolve, 250));
    line.goOn();
    await eventually("the late one to be left out", () => counters.leftOut === 14);
    ends.close();
  });
});

describe("a broker whose files are missing", () => {
  it("is told by an event, and the device by the end of its session", async () => {
    const atDevice: number[] = [];
    const line = new EmulatedLine((bytes, taken) => {
      atDevice.push(...bytes);
      taken();
    });
    const events: string[] = [];
    const broker = { url: "mqtts://127.0.0.1:1", tls: { ca: "/no/such.pem" } };
    const gateway = new UartGateway(line, { broker, onEvent: (text) => events.push(text) });
    line.fromDevice(encodeUartFrame(Uint8Array.from(connectPacket)));
    await eventually("the notice", () => atDevice.length > 0);
    expect(events).toEqual(["mqtt.tls.ca: /no/such.pem: there is no such file"]);
    expect(atDevice).toEqual([...encodeUartFrame(new Uint8Array(0))]);
    gateway.end();
  });
});
