import { describe, expect, it } from "vitest";
import { MapIntake, type MapReport } from "../../../src/app/map-intake.ts";
import type { TopicOrder } from "../../../src/io/topics/topic-orders.ts";
import type { TopicProcessEnds } from "../../../src/io/topics/topic-process.ts";
import { wholeLevel } from "../../../src/protocol/topics/detail.ts";
import { TopicEncoder } from "../../../src/protocol/topics/topic-encoder.ts";
import { cdrOf, gridMessage } from "../protocol/topics/messages.ts";
import { randomFrom } from "../robot/random-from.ts";

const type = "nav_msgs/msg/OccupancyGrid";
const occupied = { isUnknownFree: false, threshold: 65 };
const header = { stamp: { sec: 1, nsec: 0 }, frame_id: "map" };

/** The intake with the process that reads maps, played by what that process does with a message. */
class Maps {
  readonly reports: MapReport[] = [];
  readonly orders: TopicOrder[] = [];
  private ends: TopicProcessEnds | null = null;
  readonly intake = new MapIntake(
    (ends) => {
      this.ends = ends;
      return { order: (order) => this.orders.push(order) };
    },
    (report) => this.reports.push(report),
  );

  /** A message on a topic, as the newest order that opened it has it. */
  publish(message: object, topic = "/map"): void {
    const encoder = TopicEncoder.of(topic, type, () => new Uint8Array(0));
    const open = this.orders.findLast((order) => order.op === "open" && order.topic === topic);
    if (!encoder.ok || open?.op !== "open") throw new Error("nobody listens");
    const bytes = cdrOf("nav_msgs/OccupancyGrid", message);
    const read = encoder.value.read(bytes);
    const encoded = read.ok
      ? encoder.value.encode(read.value, bytes.length, 0, { own: null }, [wholeLevel])
      : read;
    if (encoded.ok) {
      const packed = encoded.value.get(wholeLevel) as Uint8Array;
      this.ends?.message({ feed: open.feed, level: wholeLevel, received: 0, bytes: packed });
    } else
      this.ends?.report({ op: "rejected", topic, count: 1, reason: `${encoded.path}: ${encoded.reason}` });
  }

  /** Which cells of a robot's map a disc of 1 cm touches in the middle of each. */
  taken(robot: string, width: number, height: number): number[] {
    const { cells } = this.intake.gridOf(robot) ?? {};
    return Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [(i % width) * 0.05 + 0.025, Math.floor(i / width) * 0.05 + 0.025];
      return cells?.nearest({ points: [[1, 2]], radius: 0.01 }, x, y, 0, 0) ? 1 : 0;
    });
  }
}

const data = Int8Array.of(-1, 0, 64, 65, 100, 101, 127, -2, -128, 50, 0, 0);

describe("the map of a robot", () => {
  it("has the cells that are not free: from 65 on, unknown, and whatever has no meaning", () => {
    const maps = new Maps();
    maps.intake.listen("r", "/map", occupied);
    expect(maps.orders).toEqual([{ op: "open", feed: 1, topic: "/map", levels: [wholeLevel] }]);
    maps.publish({ ...gridMessage(4, 3, data), header });
    expect(maps.reports).toEqual([{ kind: "map", robot: "r", topic: "/map", frame: "map" }]);
    expect(maps.taken("r", 4, 3)).toEqual([1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
  });

  it("has unknown cells and the threshold as configured, for each robot by itself", () => {
    const maps = new Maps();
    maps.intake.listen("r", "/map", occupied);
    maps.intake.listen("s", "/map", { isUnknownFree: true, threshold: 50 });
    maps.publish({ ...gridMessage(4, 3, data), header });
    expect(maps.taken("r", 4, 3)).toEqual([1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
    expect(maps.taken("s", 4, 3)).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
  });

  it("stays as it was where a message is malformed: one error with the field", () => {
    const maps = new Maps();
    maps.intake.listen("r", "/map", occupied);
    maps.publish({ ...gridMessage(4, 3, data), header });
    const before = maps.intake.gridOf("r");
    maps.reports.length = 0;
    const place = { x: 0, y: 0, z: 0 };
    const s = Math.SQRT1_2;
    const faults: [string, object][] = [
      ["info.resolution", gridMessage(4, 3, data, { resolution: Number.NaN })],
      ["info.resolution", gridMessage(4, 3, data, { resolution: 0 })],
      ["info.resolution", gridMessage(4, 3, data, { resolution: Number.POSITIVE_INFINITY })],
      ["info.width", gridMessage(0, 3, Int8Array.of())],
      ["info.width", gridMessage(4_000_000_000, 4_000_000_000, data)],
      ["data", gridMessage(4, 4, data)],
      ["data", gridMessage(4, 2, data)],
      [
        "info.origin",
        gridMessage(4, 3, data, { origin: { position: place, orientation: { x: 0, y: 0, z: 0, w: 0.5 } } }),
      ],
      [
        "info.origin",
        gridMessage(4, 3, data, {
          origin: { position: { ...place, x: Number.NaN }, orientation: { x: 0, y: 0, z: 0, w: 1 } },
        }),
      ],
      [
        "info.origin.orientation",
        gridMessage(4, 3, data, { origin: { position: place, orientation: { x: s, y: 0, z: 0, w: s } } }),
      ],
      ["header.frame_id", { ...gridMessage(4, 3, data), header: { ...header, frame_id: "" } }],
    ];
    for (const [field, message] of faults) {
      maps.publish(message);
      expect(maps.reports.splice(0), field).toEqual([
        { kind: "mapRejected", topic: "/map", count: 1, reason: expect.stringMatching(`^${field}: `) },
      ]);
      expect(maps.intake.gridOf("r")).toBe(before);
    }
  });

  it("is refused, and nothing is thrown, where its bytes are any others", () => {
    const maps = new Maps();
    maps.intake.listen("r", "/map", occupied);
    const random = randomFrom(3);
    const encoder = TopicEncoder.of("/map", type, () => new Uint8Array(0));
    if (!encoder.ok) throw new Error(encoder.reason);
    const bytes = cdrOf("nav_msgs/OccupancyGrid", { ...gridMessage(4, 3, data), header });
    let refused = 0;
    for (let trial = 0; trial < 2000; trial += 1) {
      const other = bytes.slice(0, random.below(3) === 0 ? random.below(bytes.length) : bytes.length);
      for (let k = random.below(4); k >= 0; k -= 1) other[random.below(other.length)] = random.below(256);
      const read = encoder.value.read(other);
      const encoded = read.ok ? encoder.value.encode(read.value, 0, 0, { own: null }, [wholeLevel]) : read;
      if (!encoded.ok) refused += 1;
    }
    expect(refused).toBeGreaterThan(100);
  });

  it("ends with the robot, and is read anew where it moves to another topic", () => {
    const maps = new Maps();
    maps.intake.listen("r", "/map", occupied);
    maps.publish({ ...gridMessage(4, 3, data), header });
    maps.intake.listen("r", "/map2", occupied);
    maps.publish({ ...gridMessage(2, 6, data), header }, "/map2");
    expect(maps.intake.gridOf("r")?.cells.shape).toMatchObject({ width: 2, height: 6 });
    maps.intake.listen("r", null, occupied);
    expect(maps.intake.gridOf("r")).toBeNull();
    expect(maps.orders.map(({ op }) => op)).toEqual(["open", "close", "open", "close"]);
  });
});
