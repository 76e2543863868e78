import type { OnReadOpts, Socket } from "node:net";
import { Duplex } from "node:stream";
import { MqttPacketGuard } from "../../protocol/mqtt-packet-guard.ts";

/** Topic on which a publication that was too large to take is acknowledged. */
export const leftOutTopic = "$twin/left-out";

/**
 * Bytes that are handed on in one turn of the event loop, before timers have theirs: so many as take about a millisecond. A
 * flood holds no cycle up, not even while the code is cold.
 */
const turnSize = { least: 2048, most: 32_768 };
const turnMs = { short: 0.5, long: 1 };
/** What a packet that is left out counts for, whatever its size. */
const leftOutBytes = 256;
/** Less than this in a turn needs no end. */
const negligibleBytes = 1024;
const readBytes = 65_536;

/** A socket to a broker whose incoming packets are bounded: larger ones are left out while they arrive. */
export class BrokerStream extends Duplex {
  private readonly guard: MqttPacketGuard;
  private readonly socket: Socket;
  private turnBytes = turnSize.least;
  /** Bytes of this turn so far; once they are not negligible, `nextTurn` is to come. */
  private spent = 0;
  private began = 0;
  /** What was read and waits for the next turn. */
  private rest: Uint8Array | null = null;
  private isFull = false;
  private isEnded = false;

  /**
   * `open` is given where a socket may put what it reads, again and again; where it cannot, it emits `data`. `now` is a
   * clock in ms.
   */
  constructor(
    open: (onread: OnReadOpts) => Socket,
    options: { maxPacketBytes: number; protocolVersion: 4 | 5 },
    leftOut: (topic: string, bytes: number) => void,
    private readonly now = () => performance.now(),
  ) {
    super({ allowHalfOpen: false });
    this.guard = new MqttPacketGuard(options.maxPacketBytes, leftOutTopic, options.protocolVersion, {
      pass: (bytes) => {
        this.spent += bytes.length;
        // What is read next comes where these bytes are now.
        if (!this.push(Buffer.from(bytes))) this.isFull = true;
      },
      leftOut: (topic, bytes) => {
        this.spent += leftOutBytes;
        leftOut(topic, bytes);
      },
    });
    const socket = open({
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (length, buffer) => this.takeChunk(buffer.subarray(0, length)),
    });
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => this.takeChunk(chunk));
    socket.on("end", () => {
      this.isEnded = true;
      if (this.rest === null) this.finish();
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

  /** Whether more may be read at once. */
  private takeChunk(chunk: Uint8Array): boolean {
    const isCounted = this.spent >= negligibleBytes;
    const began = this.now();
    let at = 0;
    for (; at < chunk.length && !this.isTurnOver; at += turnSize.least) {
      this.guard.push(chunk.subarray(at, at + turnSize.least));
    }
    this.rest = at < chunk.length ? chunk.subarray(at) : null;
    if (!isCounted && this.spent >= negligibleBytes) {
      this.began = began;
      setImmediate(this.nextTurn);
    }
    this.flow();
    return this.mayRead;
  }

  private readonly nextTurn = (): void => {
    const took = this.now() - this.began;
    if (took > turnMs.long) this.turnBytes = Math.max(turnSize.least, this.turnBytes / 2);
    else if (this.isTurnOver && took < turnMs.short) {
      this.turnBytes = Math.min(turnSize.most, this.turnBytes * 2);
    }
    this.spent = 0;
    if (this.destroyed) return;
    const { rest } = this;
    if (rest !== null) this.takeChunk(rest);
    else this.flow();
    if (rest !== null && this.rest === null && this.isEnded) this.finish();
  };

  /** Ends in the next turn: the client works on what it was handed a packet a tick, and hears no more once it is closed. */
  private finish(): void {
    setImmediate(() => {
      if (!this.destroyed) this.push(null);
    });
  }

  private get isTurnOver(): boolean {
    return this.spent >= this.turnBytes;
  }

  private get mayRead(): boolean {
    return !this.isFull && !this.isTurnOver;
  }

  private flow(): void {
    if (this.mayRead) this.socket.resume();
    else this.socket.pause();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // Whom we would tell has hung up: an error of this would only cut off what it said last.
    if (this.isEnded) done();
    else this.socket.write(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    // What was corked is one packet, or several whole ones: it leaves in one piece.
    if (this.isEnded) done();
    else this.socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
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
