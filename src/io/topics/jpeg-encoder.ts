import type { EncodeJpeg } from "../../protocol/topics/topic-encoder.ts";

/** The part of libjpeg-turbo's WebAssembly build that is used. */
type Encoder = {
  getDecodedBuffer(frame: {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
  }): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setQuality(quality: number): void;
  encode(): void;
};
type Codec = { JPEGEncoder: new () => Encoder };

/** Loads the codec; takes some 20 ms. */
export async function loadJpegEncoder(): Promise<EncodeJpeg> {
  const name = "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs";
  const { default: load } = (await import(name)) as { default: () => Promise<Codec> };
  const encoder = new (await load()).JPEGEncoder();
  return ({ width, height, rgb }, quality) => {
    const frame = { width, height, bitsPerSample: 8, componentCount: 3, isSigned: false };
    encoder.getDecodedBuffer(frame).set(rgb);
    encoder.setQuality(quality);
    encoder.encode();
    // The codec's own memory is used again.
    return Uint8Array.from(encoder.getEncodedBuffer());
  };
}
