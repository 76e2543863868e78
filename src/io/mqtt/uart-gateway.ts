import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isOnePacket, kindOf, mqttPacketKind } from "../../protocol/mqtt-packet.ts";
import { MqttPacketCutter } from "../../protocol/mqtt-packet-cutter.ts";
import { encodeUartFrame, UartFrameReader } from "../../protocol/uart-frame.ts";
import { type BrokerAddress, openBrokerSocket } from "./broker-address.ts";
import { LineQueue } from "./line-queue.ts";

/** Frames to a device above it are not sent: no microcontroller takes them, and they block the line for a second. */
const maxPacketBytes = 8 * 1024;
/** What may wait for the broker before publications of QoS 0 are left out. */
const maxWaitingBytes = 4 * 1024;

const maxUnsentBytes = 256 * 1024;
const opensEachSecond = 4;

/** What a gateway counted. */
export type GatewayCounters = {
  toBroker: number;
  toDevice: number;
  /** Frames that were damaged on the line. */
  damaged: number;
  /** Packets that were too large, or too many for the line, the broker or a session. */
  leftOut: number;
  sessions: number;
};

export type GatewayOptions = {
  broker: BrokerAddress;
  /** Told of each turn of events, for people. */
  onEvent?: (text: string) => void;
};

/**
 * Between a serial line and a broker: frames of the line are MQTT packets of the broker. It understands no more of MQTT than
 * where a packet ends and a session begins, so the session, its will included, is the device's own.
 */
export class UartGateway {
  readonly counters: GatewayCounters = { toBroker: 0, toDevice: 0, damaged: 0, leftOut: 0, sessions: 0 };
  private readonly reader: UartFrameReader;
  private readonly queue: LineQueue;
  private socket: Socket | null = null;
  private ended = false;
  private opened: number[] = [];

  constructor(
    private readonly line: Duplex,
    private readonly options: GatewayOptions,
  ) {
    this.reader = new UartFrameReader(maxPacketBytes, {
      frame: (packet) => this.fromDevice(packet),
      bad: () => {
        this.counters.damaged++;
      },
    });
    this.queue = new LineQueue(line, {
      written: () => {
        this.counters.toDevice++;
      },
      leftOut: () => {
        this.counters.leftOut++;
      },
    });
    line.on("data", (chunk: Buffer) => this.reader.push(chunk));
    line.on("error", () => this.end());
    line.on("close", () => this.end());
  }

  /** The line is gone: the broker's connection is torn, so that it says the device's will. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.tear();
    this.line.destroy();
  }

  private fromDevice(packet: Uint8Array): void {
    if (packet.length === 0) {
      this.tear();
      return;
    }
    if (!isOnePacket(packet)) {
      this.counters.damaged++;
      return;
    }
    const { kind, qos } = kindOf(packet);
    if (kind === mqttPacketKind.connect) {
      if (!this.mayOpen()) {
        this.counters.leftOut++;
        return;
      }
      this.open();
    }
    if (this.socket === null) {
      // A device that does not know that its session is over is told so.
      this.refuse();
      return;
    }
    if (this.socket.writableLength > maxWaitingBytes && kind === mqttPacketKind.publish && qos === 0) {
      this.counters.leftOut++;
      return;
    }
    this.counters.toBroker++;
    this.socket.write(packet);
    // A broker that takes nothing any more has lost this device.
    if (this.socket.writableLength > maxUnsentBytes) this.socket.destroy();
  }

  /** A device that begins anew all the time is broken: its connections must not be the broker's trouble. */
  private mayOpen(): boolean {
    const now = performance.now();
    this.opened = this.opened.filter((at) => now - at < 1000);
    if (this.opened.length >= opensEachSecond) return false;
    this.opened.push(now);
    return true;
  }

  /** A device that connects has begun anew: whatever was before is over. */
  private open(): void {
    this.tear();
    let socket: Socket;
    try {
      socket = openBrokerSocket(this.options.broker);
    } catch (error) {
      this.options.onEvent?.(error instanceof Error ? error.message : String(error));
      return;
    }
    this.socket = socket;
    this.counters.sessions++;
    const cutter = new MqttPacketCutter(
      maxPacketBytes,
      (packet) => this.toDevice(packet),
      () => {
        this.counters.leftOut++;
      },
    );
    let reason = "the broker closed the connection";
    socket.on("connect", () => this.options.onEvent?.("the device's session is open"));
    socket.on("data", (chunk: Buffer) => {
      if (!cutter.push(chunk)) socket.destroy();
    });
    socket.on("error", (error) => {
      reason = error.message;
    });
    socket.on("close", () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.options.onEvent?.(reason);
      this.refuse();
    });
  }

  private toDevice(packet: Uint8Array): void {
    const { kind, qos } = kindOf(packet);
    // All others than these must arrive, and are few.
    this.queue.push(encodeUartFrame(packet), kind === mqttPacketKind.publish && qos === 0);
  }

  /** Tells the device that it has no session. */
  private refuse(): void {
    this.queue.push(encodeUartFrame(new Uint8Array(0)), false);
  }

  /** Ends the broker's connection without a farewell. */
  private tear(): void {
    const { socket } = this;
    this.socket = null;
    if (socket === null) return;
    socket.removeAllListeners("close");
    socket.on("error", () => undefined);
    socket.resetAndDestroy();
    this.options.onEvent?.("the device's session is closed");
  }
}
