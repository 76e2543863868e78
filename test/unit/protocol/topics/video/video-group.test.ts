import { describe, expect, it } from "vitest";
import { VideoGroup } from "../../../../../src/protocol/topics/video/video-group.ts";

const frameOf = (size: number) => ({ bytes: new Uint8Array(size) });

describe("the frames since the last key frame", () => {
  it("are kept in their order, and another key frame begins anew", () => {
    const group = new VideoGroup();
    const frames = Array.from({ length: 5 }, () => frameOf(10));
    for (const [i, frame] of frames.entries()) group.take(frame, { key: i === 0, sequence: 7 + i });
    expect(group.frames).toEqual(frames);
    const next = frameOf(3);
    group.take(next, { key: true, sequence: 12 });
    expect(group.frames).toEqual([next]);
  });

  it("are not known before a key frame, nor behind a gap", () => {
    const group = new VideoGroup();
    group.take(frameOf(1), { key: false, sequence: 1 });
    expect(group.frames).toEqual([]);
    group.take(frameOf(1), { key: true, sequence: 2 });
    group.take(frameOf(1), { key: false, sequence: 4 });
    expect(group.frames).toEqual([]);
    group.take(frameOf(1), { key: false, sequence: 5 });
    expect(group.frames).toEqual([]);
  });

  it.each([
    [299, 100],
    [9, 450_000],
  ])(
    "are given up beyond 300 frames or 4 MiB: %d more of %d bytes are kept, one more is not",
    (more, size) => {
      const group = new VideoGroup();
      group.take(frameOf(100), { key: true, sequence: 0 });
      for (let i = 1; i <= more; i += 1) group.take(frameOf(size), { key: false, sequence: i });
      expect(group.frames).toHaveLength(more + 1);
      group.take(frameOf(size), { key: false, sequence: more + 1 });
      group.take(frameOf(size), { key: false, sequence: more + 2 });
      expect(group.frames).toEqual([]);
    },
  );
});
