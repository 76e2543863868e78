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
  setProgressive(isProgressive: boolean): void;
  setSubSampling(sampling: number): void;
  encode(): void;
};
type Codec = { JPEGEncoder: new () => Encoder };

/** TJSAMP_420: colours at half of the resolution, as cameras and image_transport have them. */
const halfColors = 2;

/** Loads the codec; takes some 20 ms. */
export async function loadJpegEncoder(): Promise<EncodeJpeg> {
  const name = "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs";
  const { default: load } = (await import(name)) as { default: () => Promise<Codec> };
  const encoder = new (await load()).JPEGEncoder();
  // A progressive file takes 2.5 times as long, and nobody waits for its last part; colours at full resolution take 1.7 times.
  encoder.setProgressive(false);
  encoder.setSubSampling(halfColors);
  return ({ width, height, rgb }, quality) => {
    const frame = { width, height, bitsPerSample: 8, componentCount: 3, isSigned: false };
    encoder.getDecodedBuffer(frame).set(rgb);
    encoder.setQuality(quality);
    encoder.encode();
    // The codec's own memory is used again.
    return Uint8Array.from(encoder.getEncodedBuffer());
  };
}
