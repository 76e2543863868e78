import { describe, expect, it } from "vitest";
import { nalUnitEnd, nextNalUnit } from "../../../../../src/protocol/topics/video/annex-b.ts";
import { videoFormatOf } from "../../../../../src/protocol/topics/video/video-format.ts";
import { VideoStream } from "../../../../../src/protocol/topics/video/video-stream.ts";
import { randomFrom } from "../../../robot/random-from.ts";
import { framesOf, videoFormats, videoTruth } from "./video-truth.ts";

const codecs = {
  // ffprobe: Main at level 1.1, HEVC Main at level 2, VP9 profile 0, AV1 Main.
  h264: /^avc1\.[0-9a-f]{6}$/,
  h265: /^hev1\.1\.6\.L\d+(\.[0-9A-F]+)*$/,
  vp9: /^vp09\.00\.10\.08$/,
  av1: /^av01\.0\.\d\dM\.08$/,
};

/** The NAL units of a message, each with its start code. */
function unitsOf(data: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = nextNalUnit(data, 0); at >= 0; ) {
    const next = nextNalUnit(data, at);
    found.push(Uint8Array.of(0, 0, 0, 1, ...data.subarray(at, nalUnitEnd(data, at, next))));
    at = next;
  }
  return found;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

function takenBy(stream: VideoStream, format: string, data: Uint8Array) {
  const taken = stream.take(format, data);
  if (!taken.ok) throw new Error(`${taken.path}: ${taken.reason}`);
  return taken.value;
}

describe.each(videoFormats)("a video of %s", (format) => {
  const frames = framesOf(format);

  it("has its key frames, its size and the name of its codec", () => {
    const stream = new VideoStream();
    for (const [i, frame] of frames.entries()) {
      const taken = takenBy(stream, format, frame);
      expect(taken).toMatchObject({ key: i % videoTruth.group === 0, sequence: i + 1, of: format });
      expect(taken).toMatchObject({ width: videoTruth.width, height: videoTruth.height });
      expect(taken?.codec).toMatch(codecs[format]);
      expect(taken?.data).toBe(frame);
    }
  });

  it("begins with its first key frame", () => {
    const stream = new VideoStream();
    const taken = frames.slice(4, 14).map((frame) => takenBy(stream, format, frame)?.sequence ?? null);
    expect(taken).toEqual([null, null, null, null, null, null, 1, 2, 3, 4]);
  });

  it("is told where no key frame comes, each 300 messages", () => {
    const stream = new VideoStream();
    const taken = Array.from({ length: 600 }, () => stream.take(format, frames[5] as Uint8Array));
    const refused = taken.flatMap((one, i) => (one.ok ? [] : [`${i} ${one.path}: ${one.reason}`]));
    expect(refused.map((text) => text.slice(0, 40))).toEqual([
      "299 data: no key frame among 300 message",
      "599 data: no key frame among 300 message",
    ]);
  });

  it("waits for the next key frame after a message that is malformed", () => {
    const stream = new VideoStream();
    for (const frame of frames.slice(0, 5)) takenBy(stream, format, frame);
    expect(stream.take(format, new Uint8Array())).toMatchObject({ ok: false, path: "data" });
    const taken = frames.slice(6, 12).map((frame) => takenBy(stream, format, frame)?.key ?? null);
    expect(taken).toEqual([null, null, null, null, true, false]);
  });

  it("that is cut off anywhere is refused or taken, and nothing is thrown", () => {
    const [key = new Uint8Array()] = frames;
    for (let size = 0; size < key.byteLength; size += 1) {
      const taken = new VideoStream().take(format, key.subarray(0, size));
      if (!taken.ok) expect(taken.path).toBe("data");
    }
  });

  it("of which bytes are changed 10,000 times is refused or taken, and nothing is thrown", () => {
    const random = randomFrom(7);
    let refusals = 0;
    let stream = new VideoStream();
    for (let i = 0; i < 10_000; i += 1) {
      if (i % 50 === 0) stream = new VideoStream();
      const wrong = random.pick(frames).slice();
      // What is parsed stands at the beginning.
      for (let k = 0; k <= random.below(4); k += 1) {
        wrong[Math.floor(random.next() ** 2 * wrong.byteLength)] =
          random.next() < 0.3 ? random.pick([0, 1, 3, 255]) : random.below(256);
      }
      const cut = random.next() < 0.2 ? wrong.subarray(0, random.below(wrong.byteLength)) : wrong;
      const taken = stream.take(format, cut);
      if (!taken.ok) {
        refusals += 1;
        expect(taken.path).toBe("data");
      } else if (taken.value !== null) {
        const { width, height, codec } = taken.value;
        expect(width > 0 && height > 0 && width <= 16_384 && height <= 16_384, codec).toBe(true);
      }
    }
    expect(refusals).toBeGreaterThan(100);
  });
});

describe.each(["h264", "h265"] as const)("parameter sets of %s", (format) => {
  const frames = framesOf(format);
  const units = unitsOf(frames[0] as Uint8Array);
  const sets = units.slice(0, format === "h264" ? 2 : 3);
  const pictures = joined(units.slice(sets.length));

  it("in messages of their own are put before key frames that lack them", () => {
    const stream = new VideoStream();
    for (const set of sets) expect(takenBy(stream, format, set)).toBeNull();
    for (let turn = 1; turn < 3; turn += 1) {
      const taken = takenBy(stream, format, pictures);
      expect(taken).toMatchObject({ key: true, sequence: turn, width: 160, height: 120 });
      expect(taken?.data).toEqual(joined([...sets, pictures]));
    }
  });

  it("that came with the first key frame are put before those that come later, behind the delimiter", () => {
    const stream = new VideoStream();
    takenBy(stream, format, frames[0] as Uint8Array);
    const delimiter = Uint8Array.of(0, 0, 0, 1, ...(format === "h264" ? [0x09, 0xf0] : [0x46, 1, 0x50]));
    const taken = takenBy(stream, format, joined([delimiter, pictures]));
    expect(taken?.data).toEqual(joined([delimiter, ...sets, pictures]));
  });

  it("that never came are named", () => {
    const missing = format === "h264" ? "SPS" : "VPS";
    expect(new VideoStream().take(format, pictures)).toMatchObject({
      ok: false,
      path: "data",
      reason: expect.stringContaining(`without ${missing}`),
    });
  });

  it("whose numbers lie are refused by their name", () => {
    const at = format === "h264" ? 0 : 1;
    const [set = new Uint8Array()] = sets.slice(at);
    const long = joined([set, new Uint8Array(5000).fill(0x55)]);
    const short = set.subarray(0, 8);
    for (const wrong of [long, short]) {
      expect(new VideoStream().take(format, wrong)).toMatchObject({
        ok: false,
        path: "data",
        reason: expect.stringContaining("SPS"),
      });
    }
  });
});

describe("a key frame of AV1", () => {
  it("without its sequence header gets the last one", () => {
    const stream = new VideoStream();
    const [key = new Uint8Array()] = framesOf("av1");
    takenBy(stream, "av1", key);
    // A temporal delimiter (2 bytes), the sequence header with its size, the frame.
    const at = key[0] === 0x12 ? 2 : 0;
    expect(key[at]).toBe(0x0a);
    const bare = joined([key.subarray(0, at), key.subarray(at + 2 + (key[at + 1] as number))]);
    expect(takenBy(stream, "av1", bare)?.data).toEqual(key);
    expect(new VideoStream().take("av1", bare)).toMatchObject({ ok: false, path: "data" });
  });
});

describe("what is no video", () => {
  it.each([
    ["mp4v", Uint8Array.of(0, 0, 0, 1, 0x65), "format", /"mp4v" is not known/],
    ["h264", new Uint8Array(), "data", /is empty/],
    ["h264", Uint8Array.of(0, 0, 1, 44, ...new Uint8Array(300).fill(7)), "data", /has lengths/],
    ["h264", Uint8Array.of(0, 0, 0, 4, 0x65, 1, 2, 3), "data", /has lengths/],
    ["h264", Uint8Array.of(0, 0, 4, 0, 0x65, 1, 2, 3), "data", /begin with a start code/],
    ["h264", Uint8Array.of(1, 0, 0, 1, 0x65, 1, 2, 3), "data", /start code/],
    ["h264", Uint8Array.of(0, 0, 1), "data", /ends within/],
    ["h265", Uint8Array.of(0, 0, 1, 0x26), "data", /ends within/],
    ["h264", Uint8Array.of(0, 0, 1, 0x68, 0, 0, 1, 0x65, 1), "data", /PPS cannot be read/],
    ["h265", Uint8Array.of(0, 0, 1, 0x40, 0, 0, 1, 0x26, 1, 1), "data", /VPS cannot be read/],
    ["h264", Uint8Array.of(0, 0, 1, 0xe5, 1), "data", /forbidden bit/],
    ["vp9", Uint8Array.of(0x40), "data", /marker/],
    ["vp9", Uint8Array.of(0x82, 1, 2, 3, 4), "data", /sync code/],
    ["vp9", Uint8Array.of(0x82, 0x49, 0x83, 0x42), "data", /ends within/],
    ["av1", Uint8Array.of(0x32, 0x80), "data", /ends within the size/],
    ["av1", Uint8Array.of(0x32, 0x7f, 0), "data", /127 bytes, but 1/],
    ["av1", Uint8Array.of(0x30, 0), "data", /without a size/],
  ])("as %s of %o is refused by its field", (format, data, path, reason) => {
    const taken = new VideoStream().take(format, data);
    expect(taken).toMatchObject({ ok: false, path });
    expect(taken.ok ? "" : taken.reason).toMatch(reason);
  });
});

describe("the name of a format", () => {
  it("is understood as Foxglove, ffmpeg_image_transport and camera drivers write it", () => {
    const named = [
      "h264",
      "H264",
      "libx264",
      "hevc_nvenc",
      "h264;yuv420p;bgr8;bgr8",
      "libvpx-vp9",
      "libsvtav1",
    ];
    expect(named.map(videoFormatOf)).toEqual(["h264", "h264", "h264", "h265", "h264", "vp9", "av1"]);
    const others = ["", "jpeg", "rgb8; jpeg compressed bgr8", "16UC1; compressedDepth png", "constructor"];
    expect(others.map(videoFormatOf)).toEqual([null, null, null, null, null]);
  });
});
