import { describe, expect, it } from "vitest";
import { TopicEncoder } from "../../../../src/protocol/topics/topic-encoder.ts";
import { unpackTopicMessage } from "../../../../src/protocol/topics/topic-frame.ts";
import { randomFrom } from "../../robot/random-from.ts";
import { cdrOf, cloudMessage, gridMessage, imageMessage, origin, scanMessage } from "./messages.ts";

/** As long as the pixels, so that a test sees what reached it. */
const jpeg = ({ rgb }: { rgb: Uint8Array }) => rgb.slice();
const stamped = { stamp: { sec: 12, nsec: 500_000_000 }, frame_id: "/map" };
const poseStamped = { header: stamped, pose: origin };

const samples: Record<string, object> = {
  "sensor_msgs/LaserScan": scanMessage([1, 2, 3]),
  "sensor_msgs/PointCloud2": cloudMessage(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [1, 2],
  ),
  "nav_msgs/OccupancyGrid": gridMessage(3, 2, Int8Array.of(-1, 0, 100, 0, 0, 0)),
  "sensor_msgs/Image": imageMessage(2, 2, "rgb8", new Uint8Array(12), 6),
  "sensor_msgs/CompressedImage": {
    header: stamped,
    format: "jpeg",
    data: Uint8Array.of(0xff, 0xd8, 0xff, 1, 2),
  },
  "nav_msgs/Path": { header: stamped, poses: [poseStamped, poseStamped] },
  "geometry_msgs/PoseStamped": poseStamped,
  "geometry_msgs/PoseArray": { header: stamped, poses: [origin] },
  "visualization_msgs/MarkerArray": { markers: [] },
  "diagnostic_msgs/DiagnosticArray": {
    header: stamped,
    status: [{ level: 1, name: "a", message: "b", hardware_id: "", values: [] }],
  },
  "std_msgs/String": { data: "hello" },
};

function encoderOf(type: string): TopicEncoder {
  const encoder = TopicEncoder.of("/topic", type.replace("/", "/msg/"), jpeg);
  if (!encoder.ok) throw new Error(encoder.reason);
  return encoder.value;
}

describe.each(Object.entries(samples))("a %s", (type, message) => {
  const bytes = cdrOf(type, message);

  it("is read and packed in each level", () => {
    const encoder = encoderOf(type);
    const read = encoder.read(bytes);
    if (!read.ok) throw new Error(read.reason);
    const encoded = encoder.encode(read.value, bytes.byteLength, 5, { own: null }, [0, 3]);
    if (!encoded.ok) throw new Error(encoded.reason);
    for (const level of [0, 3]) {
      const packed = unpackTopicMessage(encoded.value.get(level) as Uint8Array);
      expect(packed).toMatchObject({
        ok: true,
        value: { header: { topic: "/topic", received: 5, bytes: bytes.byteLength } },
      });
      if (packed.ok && type !== "std_msgs/String" && !type.startsWith("visualization")) {
        expect(packed.value.header.stamp).toEqual({ sec: 12, nanosec: 500_000_000 });
        expect(packed.value.header.frame).toMatch(/^(laser|map)$/);
      }
    }
  });

  it("that is malformed in any way is refused, and nothing is thrown", () => {
    const encoder = encoderOf(type);
    const random = randomFrom(11);
    let refusals = 0;
    const count = Number(process.env.MALFORMED ?? 300);
    for (let i = 0; i < count; i += 1) {
      const wrong = bytes.slice(
        0,
        i % 3 === 0 ? Math.floor(random.next() * bytes.byteLength) : bytes.byteLength,
      );
      for (let k = 0; k < 1 + (i % 4); k += 1) {
        // Lengths are among the first bytes: they lie most often.
        const where = Math.floor(random.next() ** 2 * wrong.length);
        if (wrong.length > 4)
          wrong[4 + (where % (wrong.length - 4))] =
            random.next() < 0.3 ? 255 : Math.floor(256 * random.next());
      }
      const read = encoder.read(wrong);
      if (!read.ok || !encoder.encode(read.value, wrong.length, 0, { own: null }, [0, 3]).ok) refusals += 1;
    }
    expect(refusals).toBeGreaterThan(count / 20);
  });
});

describe("a type", () => {
  it("whose definition is not installed is refused by its name", () => {
    expect(TopicEncoder.of("/t", "nobody_msgs/msg/Thing", jpeg)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/nobody_msgs/),
    });
  });

  it("with a definition of its own is read by that", () => {
    const find = (name: string) => (name === "my_msgs/Level" ? "float64 level\nstring unit" : null);
    const encoder = TopicEncoder.of("/t", "my_msgs/msg/Level", jpeg, find);
    if (!encoder.ok) throw new Error(encoder.reason);
    const bytes = new Uint8Array(4 + 8 + 4 + 2);
    bytes.set([0, 1, 0, 0]);
    const view = new DataView(bytes.buffer);
    view.setFloat64(4, 2.5, true);
    view.setUint32(12, 2, true);
    bytes[16] = 0x6d;
    expect(encoder.value.read(bytes)).toMatchObject({
      ok: true,
      value: { message: { level: 2.5, unit: "m" }, stamp: null, frame: null },
    });
  });
});
