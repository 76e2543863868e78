import type { VideoPiece, VideoPlatform } from "../../../../src/viewer/topics/video-player.ts";

/** A frame of a fake decoder: which one it is, and whether it was closed. */
export class FakeFrame {
  isClosed = false;

  constructor(readonly sequence: number) {}

  close(): void {
    if (this.isClosed) throw new Error(`frame ${this.sequence} is closed twice`);
    this.isClosed = true;
  }
}

type Chunk = { type: string; timestamp: number; data: Uint8Array };

/** A decoder as WebCodecs has it, which decodes when a test says so. The first byte of a chunk is its number. */
export class FakeDecoder {
  state = "unconfigured";
  codec = "";
  readonly chunks: Chunk[] = [];
  private readonly waiting: Chunk[] = [];

  constructor(
    private readonly browser: FakeVideoBrowser,
    private readonly init: { output(frame: FakeFrame): void; error(error: Error): void },
  ) {
    browser.decoders.push(this);
  }

  get decodeQueueSize(): number {
    return this.waiting.length;
  }

  configure({ codec }: { codec: string }): void {
    if (codec === "") throw new TypeError("a codec is needed");
    this.state = "configured";
    this.codec = codec;
    if (!this.browser.codecs.includes(codec)) this.fail("OperationError", "Unsupported configuration.");
  }

  decode(chunk: Chunk): void {
    if (this.state !== "configured") throw new Error("decode() of a decoder that is not configured");
    if (this.chunks.length === 0 && chunk.type !== "key") throw new Error("a key frame is required");
    if (this.browser.isPicky && chunk.data.byteLength > 1) throw new DOMException("no IDR", "DataError");
    this.chunks.push(chunk);
    this.waiting.push(chunk);
    if (this.browser.isQuick) this.run();
  }

  /** Decodes so many of what waits. */
  run(count = Number.POSITIVE_INFINITY): void {
    for (let i = 0; i < count; i += 1) {
      const chunk = this.waiting.shift();
      if (chunk === undefined || this.state === "closed") return;
      const frame = new FakeFrame(chunk.data[0] as number);
      this.browser.frames.push(frame);
      this.init.output(frame);
    }
  }

  fail(name: string, message: string): void {
    this.state = "closed";
    this.init.error(new DOMException(message, name));
  }

  close(): void {
    if (this.state === "closed") throw new Error("closed twice");
    this.state = "closed";
  }
}

/** A browser with WebCodecs. */
export class FakeVideoBrowser {
  readonly decoders: FakeDecoder[] = [];
  readonly frames: FakeFrame[] = [];
  codecs: string[] = ["avc1.64000b"];
  isQuick = true;
  isPicky = false;
  now = 0;

  platform(has: { webCodecs?: boolean; isSecureContext?: boolean } = {}): VideoPlatform {
    const { webCodecs = true, isSecureContext = true } = has;
    const browser = this;
    class Decoder extends FakeDecoder {
      constructor(init: ConstructorParameters<typeof FakeDecoder>[1]) {
        super(browser, init);
      }

      static isConfigSupported({ codec }: { codec: string }) {
        return Promise.resolve({ supported: browser.codecs.includes(codec) });
      }
    }
    class EncodedChunk {
      constructor(init: Chunk) {
        Object.assign(this, init);
      }
    }
    const codecs = { VideoDecoder: Decoder, EncodedVideoChunk: EncodedChunk };
    const rest = { isSecureContext, performance: { now: () => this.now } };
    return { ...(webCodecs ? codecs : {}), ...rest } as unknown as VideoPlatform;
  }
}

/** A frame as the server sends it: each tenth is a key frame. */
export function pieceOf(sequence: number, more: Partial<VideoPiece> = {}): VideoPiece {
  return {
    ...{ codec: "avc1.64000b", of: "h264", key: sequence % 10 === 0, sequence, width: 160, height: 120 },
    ...{ data: Uint8Array.of(sequence), ...more },
  };
}
