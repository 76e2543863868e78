/** Something to send in parts. `read` gives `length` bytes from `offset`. */
export type BulkSource = {
  size: number;
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
  close(): void;
};

/** `body` null: the header is all there is. */
type BulkMessage = { header: Uint8Array; body: BulkSource | null; isText: boolean };

const partBytes = 32 * 1024;
/** Of answers that wait behind the message that is under way. */
const mostAnswerBytes = 256 * 1024;

/**
 * Messages that are sent in parts (RFC 6455, 5.4), each part only when the client has read the ones before: so a large
 * asset needs little memory, and a client that stops reading in the middle none.
 */
export class BulkQueue {
  private readonly messages: BulkMessage[] = [];
  private offset = -1;
  private isReading = false;
  private answerBytes = 0;

  /** `send` puts one part on the wire, `fail` ends a connection whose message cannot be finished. */
  constructor(
    private readonly send: (part: Uint8Array, how: { isText: boolean; isLast: boolean }) => void,
    private readonly hasRoom: () => boolean,
    private readonly fail: () => void,
  ) {}

  isEmpty(): boolean {
    return this.messages.length === 0;
  }

  size(): number {
    return this.messages.length;
  }

  isAmidMessage(): boolean {
    return this.offset >= 0;
  }

  add(header: Uint8Array, body: BulkSource): void {
    this.messages.push({ header, body, isText: false });
  }

  /** Small answers go out behind the message that is under way, in front of the others. False: too many wait. */
  addAnswer(header: Uint8Array, isText: boolean): boolean {
    if (this.answerBytes > mostAnswerBytes) return false;
    this.answerBytes += header.length;
    const at = this.messages.findIndex(({ body }, i) => i > 0 && body !== null);
    this.messages.splice(at < 0 ? this.messages.length : at, 0, { header, body: null, isText });
    return true;
  }

  /** The connection is gone. */
  clear(): void {
    for (const { body } of this.messages) body?.close();
    this.messages.length = 0;
    this.answerBytes = 0;
    this.offset = -1;
  }

  /** Sends parts while there is room. */
  pump(): void {
    while (!this.isReading && this.messages.length > 0 && this.hasRoom()) {
      const { header, body, isText } = this.messages[0] as BulkMessage;
      if (this.offset < 0) {
        this.offset = 0;
        this.send(header, { isText, isLast: body === null || body.size === 0 });
        if (body === null || body.size === 0) this.finish();
        continue;
      }
      const part = body?.read(this.offset, Math.min(partBytes, body.size - this.offset));
      if (part === undefined) return;
      if (part instanceof Uint8Array) this.take(part);
      else {
        this.isReading = true;
        part.then(
          (bytes) => {
            this.isReading = false;
            this.take(bytes);
            this.pump();
          },
          () => this.fail(),
        );
      }
    }
  }

  private take(part: Uint8Array): void {
    const message = this.messages[0];
    // Cleared while the file was read.
    if (message?.body === undefined || message.body === null) return;
    if (part.length === 0) {
      this.fail();
      return;
    }
    this.offset += part.length;
    const isLast = this.offset >= message.body.size;
    this.send(part, { isText: message.isText, isLast });
    if (isLast) this.finish();
  }

  private finish(): void {
    this.messages.shift()?.body?.close();
    this.offset = -1;
  }
}
