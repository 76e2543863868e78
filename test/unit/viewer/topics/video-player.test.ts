import { beforeEach, describe, expect, it } from "vitest";
import { VideoPlayer } from "../../../../src/viewer/topics/video-player.ts";
import { type FakeFrame, FakeVideoBrowser, pieceOf } from "./fake-video-decoder.ts";

let browser: FakeVideoBrowser;
let shown: number[];
let problems: (string | null)[];
let player: VideoPlayer;

function playerOf(platform = browser.platform()): VideoPlayer {
  return new VideoPlayer(
    (frame) => {
      const fake = frame as unknown as FakeFrame;
      shown.push(fake.sequence);
      fake.close();
    },
    (problem) => problems.push(problem),
    platform,
  );
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

function take(...sequences: number[]): void {
  for (const sequence of sequences) player.take(pieceOf(sequence));
}

beforeEach(() => {
  browser = new FakeVideoBrowser();
  shown = [];
  problems = [];
  player = playerOf();
});

describe("a video", () => {
  it("is decoded from its first key frame on, with one decoder, and each frame is closed", () => {
    take(...range(7, 35));
    expect(shown).toEqual(range(10, 35));
    expect(browser.decoders).toHaveLength(1);
    const { chunks } = browser.decoders[0] as (typeof browser.decoders)[number];
    expect(chunks.map(({ type }) => type === "key")).toEqual(range(10, 35).map((one) => one % 10 === 0));
    const times = chunks.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
    player.close();
    expect(browser.frames.every(({ isClosed }) => isClosed)).toBe(true);
    expect(problems).toEqual([]);
  });

  it("waits for a key frame after a gap, and does not mind one before a key frame", () => {
    take(10, 11, 13, 14, 20, 21, 40, 41);
    expect(shown).toEqual([10, 11, 20, 21, 40, 41]);
  });

  it("of key frames alone is shown", () => {
    take(10, 20, 30);
    expect(shown).toEqual([10, 20, 30]);
    expect(browser.decoders).toHaveLength(1);
  });

  it("has another decoder for another codec or size", () => {
    browser.codecs.push("vp09.00.10.08");
    take(10, 11);
    player.take(pieceOf(20, { width: 320 }));
    player.take(pieceOf(30, { codec: "vp09.00.10.08", of: "vp9" }));
    expect(browser.decoders.map(({ codec, state }) => [codec, state])).toEqual([
      ["avc1.64000b", "closed"],
      ["avc1.64000b", "closed"],
      ["vp09.00.10.08", "configured"],
    ]);
    expect(shown).toEqual([10, 11, 20, 30]);
  });

  it("whose decoder fails says so in one sentence, and goes on at the next key frame", async () => {
    take(10, 11);
    browser.decoders[0]?.fail("EncodingError", "Decoding error.");
    await settle();
    expect(problems).toEqual([
      "The H.264 video cannot be decoded (Decoding error). It is tried again at the next key frame.",
    ]);
    take(12, 13, 20, 21);
    expect(shown).toEqual([10, 11, 20, 21]);
    expect(problems.at(-1)).toBeNull();
  });

  it("whose key frame the decoder throws at is tried again", async () => {
    browser.isPicky = true;
    player.take(pieceOf(10, { data: Uint8Array.of(10, 1) }));
    await settle();
    expect(problems).toEqual([expect.stringMatching(/cannot be decoded \(no IDR\)/)]);
    take(20);
    expect(shown).toEqual([20]);
    expect(browser.decoders[0]?.state).toBe("closed");
  });

  it.each([
    [
      { codec: "hev1.1.6.L30.90", of: "h265" },
      /^This browser cannot decode H\.265 \(hev1\.1\.6\.L30\.90\)\. Have the camera send H\.264, VP9 or AV1, or/,
    ],
    [
      { codec: "av01.0.00M.08", of: "av1" },
      /^This browser cannot decode AV1 \(.*\)\. Have the camera send H\.264 or VP9, or/,
    ],
    [
      { codec: "", of: "h264" },
      /^This browser cannot decode H\.264 \(.*\)\. Have the camera send VP9 or AV1, or/,
    ],
  ])("of %o, which the browser does not have, says so, and is not tried again", async (codec, text) => {
    for (const sequence of [10, 11, 20, 30]) player.take(pieceOf(sequence, codec));
    await settle();
    for (const sequence of [40, 50]) player.take(pieceOf(sequence, codec));
    await settle();
    expect(problems).toEqual([expect.stringMatching(text)]);
    expect(browser.decoders.length).toBeLessThan(4);
    expect(shown).toEqual([]);
    take(60);
    expect(shown).toEqual([60]);
    expect(problems.at(-1)).toBeNull();
  });

  it("in a browser without WebCodecs says why, and what to do", () => {
    player = playerOf(browser.platform({ webCodecs: false }));
    take(10, 11, 20);
    player = playerOf(browser.platform({ webCodecs: false, isSecureContext: false }));
    take(10, 11, 20);
    expect(problems).toEqual([
      expect.stringMatching(/no WebCodecs\. Use a current Chrome/),
      expect.stringMatching(/by https or at localhost\. Put the twin behind a proxy with TLS/),
    ]);
  });
});

describe("a decoder that is slow", () => {
  beforeEach(() => {
    browser.isQuick = false;
  });

  const run = (count?: number) => browser.decoders[0]?.run(count);

  it("gets no more once frames waited for three seconds, and goes on at a key frame when it has caught up", () => {
    for (let sequence = 0; sequence < 250; sequence += 1) {
      browser.now += 100;
      take(sequence);
      if (sequence % 2 === 0) run(1);
    }
    const most = browser.decoders[0]?.decodeQueueSize ?? 0;
    expect(most).toBeLessThan(40);
    run();
    const gaps = shown.flatMap((one, i) => (i > 0 && one !== (shown[i - 1] as number) + 1 ? [one] : []));
    const decoded = browser.frames.map(({ sequence }) => sequence);
    for (const [i, one] of decoded.entries()) {
      if (one % 10 !== 0) expect(one).toBe((decoded[i - 1] as number) + 1);
    }
    expect(gaps.length).toBeGreaterThan(0);
    expect(browser.frames.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it("shows few of the frames that somebody who came late catches up with, and the last one", () => {
    take(...range(0, 10), ...range(10, 20));
    for (let i = 0; i < 20; i += 1) {
      browser.now += 20;
      run(1);
    }
    expect(shown[0]).toBe(0);
    expect(shown.at(-1)).toBe(19);
    expect(shown.length).toBeLessThan(8);
    expect(browser.frames).toHaveLength(20);
    expect(browser.frames.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it("that is closed shows nothing more", () => {
    take(10, 11);
    player.close();
    run();
    expect(shown).toEqual([]);
    player.close();
  });
});
