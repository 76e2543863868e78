/** One frame of a video as the server sends it. `data`: with all that its decoder needs; `sequence` has no gaps where none is missing. */
export type VideoPiece = {
  /** As WebCodecs names it. */
  codec: string;
  /** h264, h265, vp9 or av1. */
  of: string;
  key: boolean;
  sequence: number;
  /** px */
  width: number;
  height: number;
  data: Uint8Array;
};

/** What of a browser is used here. */
export type VideoPlatform = {
  VideoDecoder?: typeof VideoDecoder;
  EncodedVideoChunk?: typeof EncodedVideoChunk;
  isSecureContext: boolean;
  performance: { now(): number };
};

/** So many frames that wait are usual. */
const usualQueue = 2;
/** A decoder that has more waiting for so long does not keep up, ms. */
const behindAfterMs = 3000;
const hungAfterMs = 10_000;
/** While frames wait, as those of somebody who came late, a picture is shown so often, ms. */
const hurriedShowMs = 250;

const names: Readonly<Record<string, string>> = { h264: "H.264", h265: "H.265", vp9: "VP9", av1: "AV1" };

/**
 * Has the browser decode one video (WebCodecs). After a gap, a fault, or where the decoder does not keep up, it goes on at the next key
 * frame.
 */
export class VideoPlayer {
  private decoder: VideoDecoder | null = null;
  private configured = "";
  /** The codec that this browser does not have. */
  private unsupported: string | null = null;
  /** The frame that may be decoded next; null: a key frame. */
  private next: number | null = null;
  private count = 0;
  private keptUpAt: number;
  private shownAt = Number.NEGATIVE_INFINITY;
  private shownCount = 0;
  private problem: string | null = null;

  /** `show` gets each picture, and closes it; `tell` why there are none, and null once there are. */
  constructor(
    private readonly show: (frame: VideoFrame) => void,
    private readonly tell: (problem: string | null) => void,
    private readonly platform: VideoPlatform = globalThis,
  ) {
    this.keptUpAt = platform.performance.now();
  }

  take(piece: VideoPiece): void {
    if (piece.key ? !this.begin(piece) : piece.sequence !== this.next || !this.keepsUp()) {
      this.next = null;
      return;
    }
    const { EncodedVideoChunk: Chunk } = this.platform;
    const { decoder } = this;
    if (decoder === null || Chunk === undefined) return;
    this.next = piece.sequence + 1;
    this.count += 1;
    // The time only orders the frames; 1 ms apart, in µs.
    const timestamp = 1000 * this.count;
    try {
      // What is wrong with a key frame may be thrown at once.
      decoder.decode(new Chunk({ type: piece.key ? "key" : "delta", timestamp, data: piece.data }));
    } catch (error) {
      this.failed(decoder, error, piece);
    }
  }

  close(): void {
    const { decoder } = this;
    this.decoder = null;
    this.next = null;
    if (decoder !== null && decoder.state !== "closed") decoder.close();
  }

  /** Has a decoder for a key frame; false: it cannot be decoded. */
  private begin(piece: VideoPiece): boolean {
    const { codec, width, height } = piece;
    const { VideoDecoder: Decoder } = this.platform;
    if (Decoder === undefined) {
      this.say(this.platform.isSecureContext ? noDecoder : insecure);
      return false;
    }
    if (codec === this.unsupported) return false;
    const configured = `${codec} ${width} ${height}`;
    if (this.decoder !== null && this.configured === configured && !this.hangs()) return this.keepsUp();
    this.close();
    const decoder: VideoDecoder = new Decoder({
      output: (frame) => this.output(frame, decoder),
      error: (error) => this.failed(decoder, error, piece),
    });
    this.decoder = decoder;
    this.configured = configured;
    this.keptUpAt = this.platform.performance.now();
    try {
      decoder.configure({ codec, optimizeForLatency: true });
    } catch (error) {
      this.failed(decoder, error, piece);
    }
    return this.decoder !== null;
  }

  /** A decoder that gives nothing for so long is replaced by another. */
  private hangs(): boolean {
    return this.platform.performance.now() - this.keptUpAt > hungAfterMs && !this.keepsUp();
  }

  private keepsUp(): boolean {
    const now = this.platform.performance.now();
    if ((this.decoder?.decodeQueueSize ?? 0) <= usualQueue) this.keptUpAt = now;
    return now - this.keptUpAt <= behindAfterMs;
  }

  private output(frame: VideoFrame, decoder: VideoDecoder): void {
    const now = this.platform.performance.now();
    const isHurried = decoder.decodeQueueSize > usualQueue && now - this.shownAt < hurriedShowMs;
    if (this.decoder !== decoder || isHurried) {
      frame.close();
      return;
    }
    this.shownAt = now;
    this.shownCount += 1;
    this.say(null);
    this.show(frame);
  }

  private failed(decoder: VideoDecoder, error: unknown, { codec, of }: VideoPiece): void {
    if (this.decoder !== decoder) return;
    this.close();
    void this.explain(error, codec, of);
  }

  /** Browsers give a codec that they do not have different errors: it is asked for. */
  private async explain(error: unknown, codec: string, of: string): Promise<void> {
    const shown = this.shownCount;
    const name = names[of] ?? of;
    const isKnown = await this.isSupported(codec);
    // It may have gone on meanwhile.
    if (this.shownCount > shown) return;
    if (!isKnown) this.unsupported = codec;
    this.say(isKnown ? faultText(name, error) : unsupportedText(name, codec, of));
  }

  private async isSupported(codec: string): Promise<boolean> {
    try {
      return (await this.platform.VideoDecoder?.isConfigSupported({ codec }))?.supported === true;
    } catch {
      return false;
    }
  }

  private say(problem: string | null): void {
    if (problem !== this.problem) this.tell(problem);
    this.problem = problem;
  }
}

const insecure =
  "Browsers decode video only in pages that are opened by https or at localhost. Put the twin behind a proxy with TLS (docs/reverse-proxy.md).";
const noDecoder =
  "This browser cannot decode video: it has no WebCodecs. Use a current Chrome, Edge, Firefox or Safari.";

function unsupportedText(name: string, codec: string, of: string): string {
  const others = Object.entries(names).filter(([other]) => other !== of && other !== "h265");
  const [first, ...rest] = others.map(([, other]) => other).reverse();
  return `This browser cannot decode ${name} (${codec}). Have the camera send ${rest.reverse().join(", ")} or ${first}, or use a browser that decodes it.`;
}

function faultText(name: string, error: unknown): string {
  const reason = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
  return `The ${name} video cannot be decoded (${reason}). It is tried again at the next key frame.`;
}
