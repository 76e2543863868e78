import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { MqttPacketGuard } from "../../protocol/mqtt-packet-guard.ts";

/** Topic on which a publication that was too large to take is acknowledged. */
export const leftOutTopic = "$twin/left-out";

/** A socket to a broker whose incoming packets are bounded: larger ones are left out while they arrive. */
export class BrokerStream extends Duplex {
  private readonly guard: MqttPacketGuard;

  constructor(
    private readonly socket: Socket,
    options: { maxPacketBytes: number; protocolVersion: 4 | 5 },
    leftOut: (topic: string, bytes: number) => void,
  ) {
    super({ allowHalfOpen: false });
    this.guard = new MqttPacketGuard(options.maxPacketBytes, leftOutTopic, options.protocolVersion, {
      pass: (bytes) => {
        if (!this.push(bytes)) this.socket.pause();
      },
      leftOut,
    });
    socket.on("data", (chunk: Buffer) => this.guard.push(chunk));
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    // What was corked is one packet, or several whole ones: it leaves in one piece.
    this.socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }
}
