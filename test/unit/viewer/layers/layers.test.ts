import {
  BoxGeometry,
  InstancedMesh,
  Line,
  Matrix4,
  Mesh,
  MeshStandardMaterial,
  Object3D,
  type PlaneGeometry,
  Points,
  type ShaderMaterial,
  Vector3,
} from "three";
import { describe, expect, it, vi } from "vitest";
import type { Result } from "../../../../src/core/result.ts";
import { type Detail, details } from "../../../../src/protocol/topics/detail.ts";
import type { Placement } from "../../../../src/protocol/topics/frame-history.ts";
import { scanContent } from "../../../../src/protocol/topics/laser-scan.ts";
import { gridContent } from "../../../../src/protocol/topics/occupancy-grid.ts";
import { cloudContent } from "../../../../src/protocol/topics/point-cloud.ts";
import type { TopicContent } from "../../../../src/protocol/topics/topic-content.ts";
import type { TopicHeader, TopicMessage } from "../../../../src/protocol/topics/topic-frame.ts";
import { CameraLayer, cameraOf } from "../../../../src/viewer/layers/camera-layer.ts";
import { CloudLayer } from "../../../../src/viewer/layers/cloud-layer.ts";
import { GridLayer } from "../../../../src/viewer/layers/grid-layer.ts";
import { placeOf, type ViewFrames } from "../../../../src/viewer/layers/layer-place.ts";
import { MarkerLayer } from "../../../../src/viewer/layers/marker-layer.ts";
import { ScanLayer } from "../../../../src/viewer/layers/scan-layer.ts";
import { ShapeLayer } from "../../../../src/viewer/layers/shape-layer.ts";
import { cloudMessage, gridMessage, scanMessage } from "../../protocol/topics/messages.ts";

const finest = details[0] as Detail;
const header: TopicHeader = {
  ...{ topic: "/t", type: "sensor_msgs/msg/LaserScan", format: "scan", stamp: null, frame: "laser" },
  ...{ placement: null, received: 0, bytes: 0, reduced: null, meta: {} },
};

function sent(content: Result<TopicContent>): TopicMessage {
  if (!content.ok) throw new Error(content.reason);
  const { format, meta, arrays } = content.value;
  return { header: { ...header, format, meta }, arrays };
}

function said(type: string, message: object): TopicMessage {
  return { header: { ...header, type, format: "message", meta: { message } }, arrays: {} };
}

/** Where a layer's points are in its parent, in order. */
function pointsOf(root: Object3D): Vector3[] {
  root.updateMatrixWorld(true);
  const found: Vector3[] = [];
  root.traverse((object) => {
    if (!(object instanceof Points)) return;
    const positions = object.geometry.getAttribute("position");
    const { count } = object.geometry.drawRange;
    for (let i = 0; i < Math.min(positions.count, count); i += 1) {
      found.push(new Vector3().fromBufferAttribute(positions, i).applyMatrix4(object.matrixWorld));
    }
  });
  return found;
}

describe("where a message belongs", () => {
  const [floor, link] = [new Object3D(), new Object3D()];
  const view: ViewFrames = {
    objectOf: (frame) =>
      frame === "odom" || frame === ""
        ? { object: floor, isFloor: true }
        : frame === "base"
          ? { object: link, isFloor: false }
          : null,
    floorIn: (frame) => (frame === "map" ? [5, 0, 0, 0, 0, 0, 1] : null),
  };
  const pose = (x: number) => [x, 0, 0, 0, 0, 0, 1];
  const placed = (frame: string | null, placement: Placement | null) => {
    const place = placeOf({ ...header, frame, placement }, view);
    if ("problem" in place) return place.problem;
    return [place.parent === floor ? "floor" : "link", new Vector3().applyMatrix4(place.matrix).x];
  };
  const chain = (...above: [string, number][]): Placement => ({
    above: above.map(([frame, x]) => ({ frame, pose: pose(x) })),
    ...{ lateMs: 0, problem: null },
  });

  it("is the floor by tf at its stamp, though a link is nearer", () => {
    expect(placed("laser", chain(["base", 1], ["odom", 3], ["map", 8]))).toEqual(["floor", 3]);
  });
  it("is a link where tf leads no further, or is not known", () => {
    expect(placed("laser", chain(["base", 1]))).toEqual(["link", 1]);
    expect(placed("base", null)).toEqual(["link", 0]);
  });
  it("is under the floor's own frame for what is in a frame above it", () => {
    expect(placed("map", null)).toEqual(["floor", -5]);
    expect(placed("goal", chain(["map", 7]))).toEqual(["floor", 2]);
  });
  it("is nowhere where tf does not connect it, and the sentence says what is missing", () => {
    expect(placed("laser", null)).toMatch(
      /does not connect "laser" with the robot: nothing publishes where "laser" is/,
    );
    expect(placed("laser", chain(["rig", 1]))).toMatch(/\(it leads to "rig"\)/);
    expect(placed(null, null)).toMatch(/names no frame/);
  });
});

describe("a layer", () => {
  it("of a scan has its rays where they ended", () => {
    const layer = new ScanLayer("#000000");
    const ranges = Float32Array.of(1, 20, 2);
    expect(
      layer.take(
        sent(scanContent({ ...scanMessage([]), ranges, intensities: new Float32Array() } as never, finest)),
      ),
    ).toBe(true);
    const [first, last] = pointsOf(layer.root);
    expect(first?.distanceTo(new Vector3(Math.cos(-1), Math.sin(-1), 0))).toBeLessThan(1e-6);
    expect(last?.distanceTo(new Vector3(2, 0, 0))).toBeLessThan(1e-6);
    expect(pointsOf(layer.root)).toHaveLength(2);
  });

  it("of a cloud has its points where they are, within a step", () => {
    const layer = new CloudLayer();
    const points = [
      [1, 2, 3],
      [-4, 5, 0.5],
      [0, 0, 0],
    ];
    expect(layer.take(sent(cloudContent(cloudMessage(points), finest, { size: 0 })))).toBe(true);
    for (const [i, found] of pointsOf(layer.root).entries()) {
      expect(found.distanceTo(new Vector3(...(points[i] as [number, number, number])))).toBeLessThan(2e-4);
    }
  });

  it("of a map has its corners where width, resolution and origin say", () => {
    const layer = new GridLayer();
    const cells = new Int8Array(6);
    const origin = {
      position: { x: 1, y: 2, z: 0 },
      orientation: { x: 0, y: 0, z: Math.SQRT1_2, w: Math.SQRT1_2 },
    };
    expect(
      layer.take(sent(gridContent(gridMessage(3, 2, cells, { origin, resolution: 0.5 }) as never, finest))),
    ).toBe(true);
    layer.root.updateMatrixWorld(true);
    const mesh = layer.root.children[0] as Mesh;
    const corner = new Vector3(0.5, 0.5, 0).applyMatrix4(mesh.matrixWorld);
    // The far corner: 1.5 m along x and 1 m along y, turned by 90°.
    expect(corner.x).toBeCloseTo(1 - 1, 5);
    expect(corner.y).toBeCloseTo(2 + 1.5, 5);
  });

  it("of a path, poses, a polygon, a point, a force and a range is drawn; nonsense is not", () => {
    const pose = { position: { x: 1, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } };
    const good: [string, object][] = [
      ["nav_msgs/msg/Path", { poses: [{ pose }, { pose }] }],
      ["geometry_msgs/msg/PoseStamped", { pose }],
      ["geometry_msgs/msg/PoseWithCovarianceStamped", { pose: { pose, covariance: Array(36).fill(0.1) } }],
      ["nav_msgs/msg/Odometry", { pose: { pose } }],
      ["geometry_msgs/msg/PoseArray", { poses: [pose, pose] }],
      [
        "geometry_msgs/msg/PolygonStamped",
        {
          polygon: {
            points: [
              { x: 0, y: 0, z: 0 },
              { x: 1, y: 0, z: 0 },
            ],
          },
        },
      ],
      ["geometry_msgs/msg/PointStamped", { point: { x: 1, y: 2, z: 3 } }],
      ["geometry_msgs/msg/WrenchStamped", { wrench: { force: { x: 50, y: 0, z: 0 } } }],
      ["sensor_msgs/msg/Range", { range: 1, max_range: 4, field_of_view: 0.5 }],
      [
        "geometry_msgs/msg/TwistStamped",
        { twist: { linear: { x: 1, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 1 } } },
      ],
      [
        "sensor_msgs/msg/Imu",
        { linear_acceleration: { x: 0, y: 0, z: 9.8 }, angular_velocity: { x: 0, y: 0, z: 0 } },
      ],
    ];
    for (const [type, message] of good) {
      const layer = new ShapeLayer("#ff0000");
      expect(layer.take(said(type, message)), type).toBe(true);
      expect(layer.root.children.length, type).toBeGreaterThan(0);
      layer.dispose();
      expect(layer.root.children).toEqual([]);
    }
    const layer = new ShapeLayer("#000000");
    expect(layer.take(said("geometry_msgs/msg/PoseStamped", { pose: { position: { x: null } } }))).toBe(
      false,
    );
    expect(layer.take(said("geometry_msgs/msg/PointStamped", {}))).toBe(false);
  });

  it("of a scan is coloured by intensity where a person wants that, from blue to red", () => {
    const layer = new ScanLayer("#00ff00");
    layer.dress({ field: "intensity", size: 7 });
    const scan = { ...scanMessage([]), ranges: Float32Array.of(1, Number.NaN, 2, 3) };
    const intensities = Float32Array.of(10, 99, 30, 20);
    layer.take(sent(scanContent({ ...scan, intensities } as never, finest)));
    const color = layer.root.geometry.getAttribute("color");
    expect(color.count).toBe(layer.root.geometry.getAttribute("position").count);
    expect([color.getZ(0) > color.getX(0), color.getX(1) > color.getZ(1)]).toEqual([true, true]);
    expect([layer.root.material.size, layer.root.material.vertexColors]).toEqual([7, true]);
    layer.dress({ color: "#0000ff", opacity: 0.5 });
    const { material } = layer.root;
    expect([material.vertexColors, material.color.getHexString(), material.opacity, material.size]).toEqual([
      false,
      "0000ff",
      0.5,
      3,
    ]);
  });

  it("of odometry leaves a trail in its frame, of as many seconds as a person wants", () => {
    const layer = new ShapeLayer("#ff0000");
    const at = (x: number, received: number, frame = "odom") => {
      const pose = { pose: { position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } } };
      const { header: head, arrays } = said("nav_msgs/msg/Odometry", { pose });
      layer.take({ header: { ...head, frame, received }, arrays });
      const line = layer.root.children.find((child) => child instanceof Line);
      return line === undefined ? 0 : line.geometry.getAttribute("position").count;
    };
    expect([at(0, 0), at(1, 1000), at(2, 2000), at(2.001, 2100), at(2.002, 2200)]).toEqual([0, 2, 3, 4, 4]);
    expect(at(3, 61_500)).toBe(2);
    expect(at(0, 62_000, "map")).toBe(0);
    layer.dress({ trail: 0 });
    expect([at(1, 62_100, "map"), at(2, 62_200, "map")]).toEqual([0, 0]);
  });

  it("of a map called a costmap has the colours of costs, unless a person wants others", () => {
    const layer = new GridLayer();
    const take = (topic: string) => {
      const { header: head, arrays } = sent(
        gridContent(gridMessage(1, 1, new Int8Array(1)) as never, finest),
      );
      layer.take({ header: { ...head, topic }, arrays });
      return (layer.root.children[0] as Mesh<PlaneGeometry, ShaderMaterial>).material.uniforms.isCosts?.value;
    };
    expect([take("/map"), take("/global_costmap/costmap")]).toEqual([false, true]);
    layer.dress({ palette: "map", opacity: 0.2 });
    expect(take("/global_costmap/costmap")).toBe(false);
    layer.dress({ palette: "costs" });
    expect(take("/map")).toBe(true);
  });

  it("of a camera has the corners of its picture where its matrix says", () => {
    const layer = new CameraLayer("#000000");
    const k = [500, 0, 320, 0, 400, 240, 0, 0, 1];
    layer.take(said("sensor_msgs/msg/CameraInfo", { width: 640, height: 480, k }));
    const frame = layer.root.children[0]?.children[0] as Mesh;
    const corners = frame.geometry.getAttribute("position");
    const corner = new Vector3().fromBufferAttribute(corners, 2);
    // 0.5 m ahead: (640 − 320) / 500 and (480 − 240) / 400 of that.
    expect(corner.distanceTo(new Vector3(0.32, 0.3, 0.5))).toBeLessThan(1e-6);
    const none = said("sensor_msgs/msg/CameraInfo", { width: 640, height: 480, k: Array(9).fill(0) });
    expect(layer.take(none)).toBe(false);
  });

  it("of a camera has its picture at the end of its view, and frees the one before", () => {
    const layer = new CameraLayer("#000000");
    const k = [500, 0, 320, 0, 500, 240, 0, 0, 1];
    layer.take(said("sensor_msgs/msg/CameraInfo", { width: 640, height: 480, k }));
    const picture = layer.root.children[1] as Mesh;
    expect(picture.visible).toBe(false);
    const bitmaps = [0, 1].map(() => ({ close: vi.fn() }));
    for (const bitmap of bitmaps) layer.show(bitmap as unknown as ImageBitmap);
    expect(picture.visible).toBe(true);
    expect(bitmaps.map(({ close }) => close.mock.calls.length)).toEqual([1, 0]);
    const [places, uv] = ["position", "uv"].map((name) => picture.geometry.getAttribute(name));
    // The first pixel of a picture is at the top left: z ahead, x right, y down.
    expect([uv?.getX(0), uv?.getY(0), uv?.getX(2), uv?.getY(2)]).toEqual([0, 0, 1, 1]);
    expect([places?.getX(0), places?.getY(2)].map((value) => value?.toFixed(2))).toEqual(["-0.32", "0.24"]);
    layer.dispose();
    expect(bitmaps[1]?.close).toHaveBeenCalledOnce();
  });

  it.each([
    ["/camera/image_raw", "/camera/camera_info"],
    ["/camera/image_raw/compressed", "/camera/camera_info"],
    ["/left/rgb/image_rect", "/left/rgb/camera_info"],
  ])("of the picture %s is that of %s", (picture, info) => {
    expect(cameraOf(picture)).toBe(cameraOf(info));
    expect(cameraOf(picture)).not.toBe(cameraOf(`/other${info}`));
  });

  it("of an Imu leaves out what the sensor says it does not measure", () => {
    const layer = new ShapeLayer("#000000");
    const one = { x: 0, y: 0, z: 5 };
    const message = { linear_acceleration: one, angular_velocity: one };
    layer.take(said("sensor_msgs/msg/Imu", message));
    expect(layer.root.children).toHaveLength(2);
    layer.take(said("sensor_msgs/msg/Imu", { ...message, angular_velocity_covariance: [-1] }));
    expect(layer.root.children).toHaveLength(1);
  });
});

describe("markers", () => {
  let now = 0;
  const floor = new Object3D();
  const made = () => {
    floor.clear();
    now = 0;
    settled.length = 0;
    taken.length = 0;
    return new MarkerLayer({
      place: (_, frame) => (frame === "odom" ? { parent: floor, matrix: new Matrix4() } : { problem: "?" }),
      meshes: {
        take: (uri) => {
          if (uri !== file) return Promise.reject(new Error("is missing: no such file"));
          const found = Promise.resolve({ object: new Mesh(shared, own) });
          taken.push(found);
          return found;
        },
      },
      settled: (topic, problem) => settled.push([topic, problem]),
      now: () => now,
    });
  };
  const file = "package://shapes/wedge.dae";
  const shared = new BoxGeometry();
  const own = new MeshStandardMaterial({ color: 0xffffff });
  const settled: [string, string | null][] = [];
  const taken: Promise<unknown>[] = [];
  const drawnMesh = () => {
    let found: Mesh | null = null;
    floor.traverse((object) => {
      if (object instanceof Mesh) found = object;
    });
    return found as Mesh | null;
  };
  const marker = (id: number, more: object = {}) => ({
    ...{ header: { frame_id: "odom" }, ns: "n", id, type: 1, action: 0, lifetime: { sec: 0, nanosec: 0 } },
    pose: { position: { x: id, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } },
    ...{ scale: { x: 1, y: 2, z: 3 }, color: { r: 1, g: 0, b: 0, a: 1 }, points: [], colors: [], text: "" },
    ...more,
  });
  const array = (...markers: object[]) => said("visualization_msgs/msg/MarkerArray", { markers });

  it("stay until they are replaced, deleted, or their lifetime is over", () => {
    const layer = made();
    layer.take(array(marker(1), marker(2, { lifetime: { sec: 1, nanosec: 0 } }), marker(3)));
    expect(floor.children).toHaveLength(3);
    layer.take(array(marker(1)));
    expect(floor.children).toHaveLength(3);
    now = 1500;
    expect(layer.expire()).toBe(true);
    expect(floor.children).toHaveLength(2);
    layer.take(array(marker(1, { action: 2 })));
    expect(floor.children).toHaveLength(1);
    layer.take(array({ action: 3 }));
    expect(floor.children).toHaveLength(0);
  });

  it("are at their poses in their sizes, lists one body a point", () => {
    const layer = made();
    layer.take(array(marker(4)));
    floor.updateMatrixWorld(true);
    let box: Mesh | null = null;
    floor.traverse((object) => {
      if (object instanceof Mesh) box = object;
    });
    const corner = new Vector3(0.5, 0.5, 0.5).applyMatrix4((box as unknown as Mesh).matrixWorld);
    expect(corner.toArray()).toEqual([4.5, 1, 1.5]);
    const points = [
      { x: 0, y: 0, z: 0 },
      { x: 1, y: 1, z: 1 },
    ];
    layer.take(array({ action: 3 }, marker(1, { type: 6, points })));
    let instances = 0;
    floor.traverse((object) => {
      if (object instanceof InstancedMesh) instances = object.count;
    });
    expect(instances).toBe(2);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 11])("of type %i are drawn", (type) => {
    const layer = made();
    const points = [0, 1, 2].map((x) => ({ x, y: x * x, z: 0 }));
    layer.take(array(marker(1, { type, points })));
    expect(floor.children).toHaveLength(1);
    layer.dispose();
    expect(floor.children).toHaveLength(0);
  });

  it("of a mesh file are drawn once it came, in their scale and colour, and share its geometry", async () => {
    const layer = made();
    layer.take(array(marker(1, { type: 10, mesh_resource: file })));
    expect(drawnMesh()).toBeNull();
    await vi.waitFor(() => expect(settled).toEqual([["/t", null]]));
    const mesh = drawnMesh() as Mesh;
    expect(mesh.geometry).toBe(shared);
    expect((mesh.material as MeshStandardMaterial).color.getHexString()).toBe("ff0000");
    floor.updateMatrixWorld(true);
    expect(new Vector3(0.5, 0.5, 0.5).applyMatrix4(mesh.matrixWorld).toArray()).toEqual([1.5, 1, 1.5]);
    const freed = vi.fn();
    shared.addEventListener("dispose", freed);
    layer.take(array(marker(1, { action: 2 })));
    expect(floor.children).toHaveLength(0);
    expect(freed).not.toHaveBeenCalled();
  });

  it.each([
    ["as the file has it where the marker has none", { r: 0, g: 0, b: 0, a: 0 }, "ffffff", 1],
    ["tinted by the marker's", { r: 0, g: 1, b: 0, a: 0.5 }, "00ff00", 0.5],
  ])("of a mesh file that ask for its materials have their colour %s", async (_, color, hex, opacity) => {
    const layer = made();
    const asks = { type: 10, mesh_resource: file, mesh_use_embedded_materials: true, color };
    layer.take(array(marker(1, asks)));
    await vi.waitFor(() => expect(drawnMesh()).not.toBeNull());
    const { material } = drawnMesh() as Mesh<BoxGeometry, MeshStandardMaterial>;
    expect([material.color.getHexString(), material.opacity]).toEqual([hex, opacity]);
    expect(own.opacity).toBe(1);
  });

  it("of a mesh file that is not there, or that came after they were deleted", async () => {
    const layer = made();
    layer.take(array(marker(1, { type: 10, mesh_resource: "package://shapes/none.stl" })));
    await vi.waitFor(() => expect(settled).toHaveLength(1));
    expect(settled[0]?.[1]).toBe("package://shapes/none.stl is missing: no such file");
    layer.take(array(marker(2, { type: 10, mesh_resource: file }), { action: 3 }));
    await Promise.all(taken);
    await Promise.resolve();
    expect(taken).toHaveLength(1);
    expect(floor.children).toHaveLength(0);
    expect(settled).toHaveLength(1);
  });

  it("of no known type, or in a frame that is not known, are left out", () => {
    const layer = made();
    layer.take(array(marker(1, { type: 99 }), marker(2, { header: { frame_id: "mars" } }), { id: "x" }));
    expect(floor.children).toHaveLength(0);
  });
});
