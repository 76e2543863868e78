import { parse } from "@foxglove/rosmsg";
import { Object3D } from "three";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Signal } from "../../../../src/client/signal.ts";
import { rosSchemaText } from "../../../../src/protocol/ros-schema-text.ts";
import { TopicEncoder } from "../../../../src/protocol/topics/topic-encoder.ts";
import { unpackTopicMessage } from "../../../../src/protocol/topics/topic-frame.ts";
import { LayerBoard } from "../../../../src/viewer/layers/layer-board.ts";
import type { MeshSource } from "../../../../src/viewer/layers/marker-mesh.ts";
import type { TopicDesk, TopicListener } from "../../../../src/viewer/topics/topic-desk.ts";
import { TopicVideos } from "../../../../src/viewer/topics/topic-videos.ts";
import { cdrOf } from "../../protocol/topics/messages.ts";
import { randomFrom } from "../../robot/random-from.ts";

// The layers read what browsers have.
vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("no picture")));

/** Everything that the page draws in 3D, and what it shows as pictures, trees and lists. */
const types = [
  ..."LaserScan PointCloud2 Image CompressedImage Range Imu CameraInfo NavSatFix BatteryState"
    .split(" ")
    .map((name) => `sensor_msgs/${name}`),
  ..."PoseStamped PoseArray PoseWithCovarianceStamped PolygonStamped PointStamped WrenchStamped TwistStamped"
    .split(" ")
    .map((name) => `geometry_msgs/${name}`),
  ...["nav_msgs/OccupancyGrid", "nav_msgs/Path", "nav_msgs/Odometry"],
  ...["visualization_msgs/Marker", "visualization_msgs/MarkerArray"],
  ...["diagnostic_msgs/DiagnosticArray", "rcl_interfaces/Log", "tf2_msgs/TFMessage"],
];
const count = Number(process.env.MALFORMED ?? 300);
const random = randomFrom(23);
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;

/** A number that fits, or one that means nothing. */
function numberOf(type: string): number | bigint {
  if (type.startsWith("float")) {
    return oneOf([0, 1, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -Infinity, 3e38, 1e-40, -2e9]);
  }
  const bits = Number(type.replace(/\D/g, "")) || 8;
  const least = type.startsWith("u") || type === "bool" ? 0n : -(2n ** BigInt(bits - 1));
  const most = type === "bool" ? 1n : 2n ** BigInt(type.startsWith("u") ? bits : bits - 1) - 1n;
  const value = oneOf([0n, 1n, 2n, 3n, 4n, 5n, 7n, 8n, 12n, 255n, least, most]);
  const fits = value < least ? least : value > most ? most : value;
  return bits === 64 ? fits : Number(fits);
}

const texts = [
  "",
  "map",
  "base",
  "/laser",
  "x",
  "y",
  "z",
  "rgb",
  "rgb8",
  "16UC1",
  "jpeg",
  "\u0000",
  "ü".repeat(300),
  "__proto__",
];
const encodings = ["rgb8", "bgr8", "mono8", "16UC1", "32FC1", "bayer_rggb8", "yuv422", "RGBA8", "nonsense"];

/** A message of any type whose parts do not go together. */
function anyMessage(name: string | undefined, all: ReturnType<typeof parse>): Record<string, unknown> {
  const definition = all.find((one) => one.name === name);
  if (definition === undefined) throw new Error(`no definition of ${name}`);
  const message: Record<string, unknown> = {};
  for (const field of definition.definitions) {
    if (field.isConstant === true) continue;
    const one = (): unknown => {
      if (field.isComplex === true) return anyMessage(field.type, all);
      if (field.type === "string") return field.name === "encoding" ? oneOf(encodings) : oneOf(texts);
      if (field.type === "time" || field.type === "duration")
        return { sec: Number(numberOf("int32")), nsec: Number(numberOf("uint32")) };
      if (field.type === "bool") return random.next() < 0.5;
      return numberOf(field.type);
    };
    if (field.isArray !== true) message[field.name] = one();
    else {
      const length = field.arrayLength ?? oneOf([0, 1, 2, 3, 6, 12, 48]);
      message[field.name] = Array.from({ length }, one);
    }
  }
  return message;
}

/** The same bytes with some of them wrong, or the end missing. */
function spoilt(bytes: Uint8Array): Uint8Array {
  const wrong = bytes.slice(
    0,
    random.next() < 0.3 ? Math.floor(random.next() * bytes.byteLength) : undefined,
  );
  for (let k = 0; k < 3 && wrong.length > 4; k += 1) {
    const at = 4 + Math.floor(random.next() ** 2 * (wrong.length - 4));
    wrong[at] = random.next() < 0.3 ? 255 : Math.floor(256 * random.next());
  }
  return wrong;
}

describe.each(types)("a %s of which nothing fits", (type) => {
  const root = new Object3D();
  let listener: TopicListener = () => undefined;
  let board: LayerBoard;

  beforeAll(() => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    const desk = {
      listen: (told: TopicListener) => {
        listener = told;
        return () => true;
      },
      shown: new Signal<readonly string[]>(["/t"]),
      looks: { all: new Signal({}), of: () => ({}) },
      states: new Map(),
    };
    const frames = { objectOf: () => ({ object: root, isFloor: true }), floorIn: () => null };
    const meshes: MeshSource = { take: () => Promise.reject(new Error("no mesh")) };
    board = new LayerBoard(
      desk as unknown as TopicDesk,
      new TopicVideos({ listen: () => () => undefined, shown: desk.shown }, {} as typeof globalThis),
      frames,
      meshes,
      () => undefined,
    );
    return () => vi.useRealTimers();
  });

  it("throws nowhere on its way from the bytes to the 3D view, which stays finite", () => {
    const definitions = parse(rosSchemaText(type) ?? "", { ros2: true });
    const made = TopicEncoder.of("/t", type.replace("/", "/msg/"), () => Uint8Array.of(1));
    if (!made.ok) throw new Error(made.reason);
    const [encoder, ends] = [made.value, { refused: 0, drawn: 0 }];
    for (let i = 0; i < count; i += 1) {
      const whole = cdrOf(type, anyMessage(undefined, definitions));
      const bytes = i % 2 === 0 ? whole : spoilt(whole);
      const read = encoder.read(bytes);
      if (read.ok) encoder.note(read.value, i);
      // What tells all that it knows does so four times a second.
      if (encoder.everyMs > 0 && i % 50 !== 0) continue;
      const encoded = read.ok ? encoder.encode(read.value, bytes.byteLength, i, { own: null }, [0, 2]) : read;
      if (!encoded.ok) {
        expect(encoded.reason).not.toBe("");
        ends.refused += 1;
        continue;
      }
      for (const packed of encoded.value.values()) {
        const message = unpackTopicMessage(packed);
        if (!message.ok) throw new Error(message.reason);
        listener("/t", message.value);
        ends.drawn += 1;
      }
    }
    expect(ends.drawn + ends.refused).toBeGreaterThanOrEqual(count / 50);
    expect(board.problems.size).toBeLessThanOrEqual(1);
    root.updateMatrixWorld(true);
    root.traverse(({ matrixWorld }) => expect(matrixWorld.elements.every(Number.isFinite)).toBe(true));
  });
});
