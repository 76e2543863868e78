import { describe, expect, it } from "vitest";
import { FramePrefix } from "../../../../src/io/ros/frame-prefix.ts";

const edge = (parent: string, child: string) => ({
  stamp: { sec: 0, nanosec: 0 },
  parent,
  child,
  pose: [0, 0, 0, 0, 0, 0, 1],
});
const named = (edges: { parent: string; child: string }[]) =>
  edges.map(({ parent, child }) => [parent, child]);

describe("a prefix of frames", () => {
  it("takes a robot's own from a topic of all robots, without the prefix; a common parent stays", () => {
    const frames = new FramePrefix("auto", "r2");
    const all = [edge("map", "r2/odom"), edge("r2/odom", "r2/base_link"), edge("r1/odom", "r1/base_link")];
    expect(named(frames.own(all, 0))).toEqual([
      ["map", "odom"],
      ["odom", "base_link"],
    ]);
    expect(frames.complaint("/tf", 60_000)).toBeNull();
  });

  it("may be any, with a slash or a sign of its own at its end", () => {
    expect(new FramePrefix("left", "r2").text).toBe("left/");
    expect(new FramePrefix("left_", "r2").text).toBe("left_");
    expect(new FramePrefix("", "r2").text).toBe("");
    expect(new FramePrefix("auto", "").text).toBe("");
    expect(new FramePrefix("auto", "cell/r2").text).toBe("cell/r2/");
  });

  it("that no frame bears is told once, with what is there instead, after a while", () => {
    const frames = new FramePrefix("auto", "r2");
    frames.own([edge("odom", "base_link")], 1000);
    expect(frames.complaint("/tf", 2000)).toBeNull();
    expect(frames.complaint("/tf", 7000)).toBe(
      'no frame of /tf begins with "r2/"; there are base_link. Set robots[].tfPrefix to the prefix of this robot\'s frames, or to "" if its own tf topic has them.',
    );
    expect(frames.complaint("/tf", 8000)).toBeNull();
  });
});

it("names the robot's own frames as ROS has them, and those of all robots as they are", () => {
  const prefix = new FramePrefix("auto", "r2");
  expect(prefix.full("odom")).toBe("odom");
  prefix.bare("r2/odom");
  prefix.bare("map");
  expect([prefix.full("odom"), prefix.full("map")]).toEqual(["r2/odom", "map"]);
  const none = new FramePrefix("", "r2");
  none.bare("odom");
  expect(none.full("odom")).toBe("odom");
});
