import type { OnReadOpts, Socket } from "node:net";
import { Duplex } from "node:stream";
import { MqttPacketGuard } from "../../protocol/mqtt-packet-guard.ts";

/** Topic on which a publication that was too large to take is acknowledged. */
export const leftOutTopic = "$twin/left-out";

/**
 * What is handed on at once, before timers have their turn: so much as took about a millisecond last time. A flood
 * holds no cycle up, not even while the code is cold.
 */
const turnSize = { least: 2048, most: 32_768 };
const turnMs = { short: 0.5, long: 1 };
const readBytes = 65_536;

/** A socket to a broker whose incoming packets are bounded: larger ones are left out while they arrive. */
export class BrokerStream extends Duplex {
  private readonly guard: MqttPacketGuard;
  private passed = 0;
  private isFull = false;
  private isTurnOver = false;
  private turnBytes = turnSize.least;
  private turnBegan = 0;
  private isEnded = false;
  private readonly socket: Socket;

  /** `open` is given where a socket may put what it reads, again and again; where it cannot, it emits `data`. */
  constructor(
    open: (onread: OnReadOpts) => Socket,
    options: { maxPacketBytes: number; protocolVersion: 4 | 5 },
    leftOut: (topic: string, bytes: number) => void,
  ) {
    super({ allowHalfOpen: false });
    this.guard = new MqttPacketGuard(options.maxPacketBytes, leftOutTopic, options.protocolVersion, {
      pass: (bytes) => {
        this.passed += bytes.length;
        // What is read next comes where these bytes are now.
        if (!this.push(Buffer.from(bytes))) this.isFull = true;
      },
      leftOut,
    });
    const socket = open({
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (length, buffer) => this.takeChunk(buffer.subarray(0, length)),
    });
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => this.takeChunk(chunk));
    socket.on("end", () => {
      this.isEnded = true;
      if (!this.isTurnOver) this.push(null);
    });
    socket.on("error", (error) => this.destroy(error));
    // After a proper end what was received is still to be read: then the stream closes by itself.
    socket.on("close", () => {
      if (!this.isEnded) this.destroy();
    });
  }

  override _read(): void {
    this.isFull = false;
    this.flow();
  }

  private takeChunk(chunk: Uint8Array): boolean {
    this.turnBegan = performance.now();
    this.passed = 0;
    const { turnBytes } = this;
    let at = 0;
    for (; at < chunk.length && this.passed < turnBytes; at += turnBytes) {
      this.guard.push(chunk.subarray(at, at + turnBytes));
    }
    this.isTurnOver = this.passed >= turnBytes;
    this.flow();
    if (this.isTurnOver) setImmediate(() => this.nextTurn(chunk.subarray(at)));
    return this.mayRead;
  }

  private nextTurn(rest: Uint8Array): void {
    this.isTurnOver = false;
    if (this.destroyed) return;
    const took = performance.now() - this.turnBegan;
    if (took > turnMs.long) this.turnBytes = Math.max(turnSize.least, this.turnBytes / 2);
    else if (took < turnMs.short) this.turnBytes = Math.min(turnSize.most, this.turnBytes * 2);
    if (rest.length > 0) this.takeChunk(rest);
    else this.flow();
    if (this.isEnded && !this.isTurnOver) this.push(null);
  }

  private get mayRead(): boolean {
    return !this.isFull && !this.isTurnOver;
  }

  private flow(): void {
    if (this.mayRead) this.socket.resume();
    else this.socket.pause();
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
