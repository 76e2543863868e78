import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { MqttPacketGuard } from "../../protocol/mqtt-packet-guard.ts";

/** Topic on which a publication that was too large to take is acknowledged. */
export const leftOutTopic = "$twin/left-out";

/** What is handed on at once; then timers have their turn: a flood, while the code is still cold, holds no cycle up. */
const turnBytes = 2048;

/** A socket to a broker whose incoming packets are bounded: larger ones are left out while they arrive. */
export class BrokerStream extends Duplex {
  private readonly guard: MqttPacketGuard;
  private passed = 0;
  private isFull = false;
  private isTurnOver = false;

  constructor(
    private readonly socket: Socket,
    options: { maxPacketBytes: number; protocolVersion: 4 | 5 },
    leftOut: (topic: string, bytes: number) => void,
  ) {
    super({ allowHalfOpen: false });
    this.guard = new MqttPacketGuard(options.maxPacketBytes, leftOutTopic, options.protocolVersion, {
      pass: (bytes) => {
        this.passed += bytes.length;
        if (!this.push(bytes)) this.isFull = true;
      },
      leftOut,
    });
    socket.on("data", (chunk: Buffer) => this.takeChunk(chunk));
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  override _read(): void {
    this.isFull = false;
    this.flow();
  }

  private takeChunk(chunk: Buffer): void {
    this.passed = 0;
    let at = 0;
    for (; at < chunk.length && this.passed < turnBytes; at += turnBytes) {
      this.guard.push(chunk.subarray(at, at + turnBytes));
    }
    this.isTurnOver = this.passed >= turnBytes;
    this.flow();
    if (this.isTurnOver) setImmediate(() => this.nextTurn(chunk.subarray(at)));
  }

  private nextTurn(rest: Buffer): void {
    this.isTurnOver = false;
    if (this.destroyed) return;
    if (rest.length > 0) this.takeChunk(rest);
    else this.flow();
  }

  private flow(): void {
    if (this.isFull || this.isTurnOver) this.socket.pause();
    else this.socket.resume();
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
