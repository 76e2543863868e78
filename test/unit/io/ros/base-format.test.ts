import { describe, expect, it } from "vitest";
import { ackermannFormat, twistFormat } from "../../../../src/io/ros/base-format.ts";

const stamp = { sec: 1, nanosec: 2 };

describe("a base with steered wheels", () => {
  const angleOf = (format: ReturnType<typeof ackermannFormat>, x: number, yaw: number) => {
    const message = format.encode(format.types[0] as string, { x, y: 0.3, yaw }, stamp, "base_link");
    return (message as { drive: { steering_angle: number; speed: number } }).drive;
  };

  it("steers by its wheelbase, forward and backward, within its limit", () => {
    const format = ackermannFormat(0.5, 0.6);
    expect(angleOf(format, 1, 0.8)).toMatchObject({ speed: 1, steering_angle: Math.atan(0.4) });
    expect(angleOf(format, -1, 0.8)).toMatchObject({ speed: -1, steering_angle: -Math.atan(0.4) });
    expect(angleOf(format, 0.1, 2).steering_angle).toBe(0.6);
    expect(angleOf(format, 0.1, -2).steering_angle).toBe(-0.6);
    expect(angleOf(format, 1, 0).steering_angle).toBe(0);
  });

  it("only turns its wheels where it is to turn on the spot, and leaves them at rest", () => {
    const format = ackermannFormat(0.5, 0.6);
    expect(angleOf(format, 0, 0.2)).toMatchObject({ speed: 0, steering_angle: 0.6 });
    expect(angleOf(format, 0, 0)).toMatchObject({ speed: 0, steering_angle: 0.6 });
    angleOf(format, 1, -0.8);
    expect(angleOf(format, 0, 0)).toMatchObject({ speed: 0, steering_angle: -Math.atan(0.4) });
  });

  it("is sent a header with the time and the frame", () => {
    const format = ackermannFormat(0.5, 0.6);
    expect(format.encode(format.types[0] as string, { x: 1, y: 0, yaw: 0 }, stamp, "base")).toMatchObject({
      header: { stamp, frame_id: "base" },
    });
  });
});

it("a twist has a header in the type that has one alone", () => {
  const twist = { linear: { x: 1, y: 2, z: 0 }, angular: { x: 0, y: 0, z: 3 } };
  const [plain = "", stamped = ""] = twistFormat.types;
  expect(twistFormat.encode(plain, { x: 1, y: 2, yaw: 3 }, stamp, "base")).toEqual(twist);
  expect(twistFormat.encode(stamped, { x: 1, y: 2, yaw: 3 }, stamp, "base")).toEqual({
    header: { stamp, frame_id: "base" },
    twist,
  });
});
