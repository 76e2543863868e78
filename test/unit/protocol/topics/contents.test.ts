import { describe, expect, it } from "vitest";
import type { Result } from "../../../../src/core/result.ts";
import { type Detail, details, levelFor } from "../../../../src/protocol/topics/detail.ts";
import { pixelsOf } from "../../../../src/protocol/topics/image-pixels.ts";
import { scanContent } from "../../../../src/protocol/topics/laser-scan.ts";
import { treeContent } from "../../../../src/protocol/topics/message-tree.ts";
import { cellsOf, gridContent } from "../../../../src/protocol/topics/occupancy-grid.ts";
import { cloudContent } from "../../../../src/protocol/topics/point-cloud.ts";
import type { PointCloud } from "../../../../src/protocol/topics/point-cloud-message.ts";
import type { TopicContent } from "../../../../src/protocol/topics/topic-content.ts";
import { randomFrom } from "../../robot/random-from.ts";
import { cloudMessage, gridMessage, imageMessage, scanMessage } from "./messages.ts";

const finest = details[0] as Detail;

function taken(content: Result<TopicContent>): TopicContent {
  if (!content.ok) throw new Error(`${content.path}: ${content.reason}`);
  return content.value;
}

const scan = (ranges: number[], more: object = {}, detail: Detail = finest) =>
  scanContent(
    {
      ...scanMessage(ranges, more),
      ranges: Float32Array.from(ranges),
      intensities: new Float32Array(),
    } as never,
    detail,
  );

describe("detail", () => {
  it("follows the budget", () => {
    expect([4e6, 1e6, 200_000, 1000].map(levelFor)).toEqual([0, 1, 2, 3]);
  });
});

describe("a laser scan", () => {
  it("has its ranges, and NaN where nothing was measured", () => {
    const { arrays, meta, reduced } = taken(scan([1, 20, Number.NaN, 0.05, Number.POSITIVE_INFINITY, 2]));
    expect([...(arrays.ranges as Float32Array)]).toEqual([1, NaN, NaN, NaN, NaN, 2]);
    expect(meta).toMatchObject({ angleMin: -1, angleIncrement: 0.5 });
    expect(reduced).toBeNull();
  });

  it("keeps the nearest of the rays that become one", () => {
    const random = randomFrom(2);
    const ranges = Array.from({ length: 1001 }, () => 0.2 + 9 * random.next());
    const { arrays, meta, reduced } = taken(scan(ranges, {}, { ...finest, rays: 100 }));
    const kept = arrays.ranges as Float32Array;
    const every = (meta.angleIncrement as number) / 0.5;
    expect(kept.length).toBeLessThanOrEqual(100);
    for (let i = 0; i < kept.length; i += 1) {
      expect(kept[i]).toBeCloseTo(Math.min(...ranges.slice(i * every, (i + 1) * every)), 5);
    }
    expect(reduced).toMatch(/nearest of each 11 of 1001 rays/);
  });

  it.each([
    ["angle_min", { angle_min: Number.NaN }],
    ["angle_increment", { angle_increment: 0 }],
    ["range_max", { range_max: 0.01 }],
  ])("with a bad %s is refused, and the field named", (path, more) => {
    expect(scan([1, 2], more)).toMatchObject({ ok: false, path });
  });
});

describe("a point cloud", () => {
  const random = randomFrom(7);
  const points = Array.from({ length: 5000 }, () => [
    8 * random.next() - 4,
    3 * random.next(),
    random.next(),
  ]);

  const placed = ({ arrays, meta }: TopicContent): number[][] => {
    const { positions } = arrays as { positions: Uint16Array };
    const { origin, scale } = meta as { origin: number[]; scale: number[] };
    return Array.from({ length: positions.length / 3 }, (_, i) =>
      [0, 1, 2].map((k) => (origin[k] as number) + (positions[3 * i + k] as number) * (scale[k] as number)),
    );
  };

  it("is where it was, within a step of its scale", () => {
    const found = placed(taken(cloudContent(cloudMessage(points), finest, { size: 0 })));
    expect(found).toHaveLength(points.length);
    for (const [i, point] of points.entries()) {
      for (const [k, value] of point.entries())
        expect(Math.abs((found[i]?.[k] ?? 9) - value)).toBeLessThan(1e-4);
    }
  });

  it("that is too large keeps one point a voxel, and no region is left empty", () => {
    const voxel = { size: 0 };
    for (let message = 0; message < 3; message += 1) {
      const content = taken(cloudContent(cloudMessage(points), { ...finest, points: 500 }, voxel));
      const found = placed(content);
      expect(found.length).toBeLessThanOrEqual(500);
      expect(found.length).toBeGreaterThan(300);
      expect(content.reduced).toMatch(/of 5000 points, one in each/);
      const reach = 2 * Math.sqrt(3) * voxel.size;
      for (const point of points) {
        expect(
          found.some((other) => Math.hypot(...other.map((v, k) => v - (point[k] as number))) < reach),
        ).toBe(true);
      }
    }
  });

  it("leaves out what is not finite, and says so", () => {
    const content = taken(
      cloudContent(
        cloudMessage([
          [1, 2, 3],
          [Number.NaN, 0, 0],
          [4, 5, 6],
        ]),
        finest,
        { size: 0 },
      ),
    );
    expect(placed(content)).toHaveLength(2);
    expect(content.reduced).toBe("1 points that are not finite are left out");
  });

  it("has its colours, or the values of a field", () => {
    const coloured = taken(
      cloudContent(
        cloudMessage(
          [
            [0, 0, 0],
            [1, 1, 1],
          ],
          [0x102030, 0xff8001],
        ),
        finest,
        { size: 0 },
      ),
    );
    expect([...(coloured.arrays.rgb as Uint8Array)]).toEqual([16, 32, 48, 255, 128, 1]);
    const plain = taken(
      cloudContent(
        cloudMessage([
          [0, 0, 5],
          [1, 1, 7],
        ]),
        finest,
        { size: 0 },
      ),
    );
    expect(plain.meta).toMatchObject({ field: "z", least: 5, most: 7 });
    expect([...(plain.arrays.values as Uint8Array)]).toEqual([0, 255]);
  });

  it("has the values of the field that is wanted, where it has that field", () => {
    const points = [
      [0, 0, 5],
      [1, 3, 7],
      [2, 6, 6],
    ];
    const by = (color: string, colours: number[] = []) =>
      taken(cloudContent(cloudMessage(points, colours), finest, { size: 0 }, color));
    const byY = by("y", [1, 2, 3]);
    expect(byY.meta).toMatchObject({ field: "y", least: 0, most: 6 });
    expect([...(byY.arrays.values as Uint8Array)]).toEqual([0, 128, 255]);
    expect(byY.arrays.rgb).toBeUndefined();
    expect(by("rgb", [1, 2, 3]).arrays.rgb).toHaveLength(9);
    expect(by("ring").meta).toMatchObject({ field: "z" });
    expect(by("ring", [1, 2, 3]).arrays.rgb).toHaveLength(9);
  });

  it("without a point is empty", () => {
    expect(placed(taken(cloudContent(cloudMessage([]), finest, { size: 0 })))).toEqual([]);
  });

  it.each<[string, Partial<PointCloud>]>([
    ["fields", { fields: [] }],
    ["fields.x", { fields: cloudMessage([]).fields.map((field) => ({ ...field, datatype: 2 })) }],
    ["fields.z", { point_step: 8 }],
    ["width", { width: 60_000, height: 60_000 }],
    ["row_step", { row_step: 3 }],
    ["data", { width: 100, row_step: 1200 }],
  ])("with a lie in %s is refused", (path, more) => {
    const cloud = { ...cloudMessage([[1, 2, 3]]), ...more };
    expect(cloudContent(cloud, finest, { size: 0 })).toMatchObject({ ok: false, path });
  });
});

describe("an occupancy grid", () => {
  const random = randomFrom(9);
  const cells = Int8Array.from(
    { length: 70 * 50 },
    () => ([-1, 0, 0, 0, 100, 50] as const)[Math.floor(6 * random.next())] as number,
  );

  it("comes out of its runs as it went in", () => {
    const { arrays, meta } = taken(gridContent(gridMessage(70, 50, cells) as never, finest));
    expect(meta).toMatchObject({ width: 70, height: 50, resolution: 0.05, origin: [1, 2, 0, 0, 0, 0, 1] });
    expect(cellsOf(arrays.values as Int8Array, arrays.lengths as Uint16Array, 3500)).toEqual(cells);
  });

  it("that is too large has the most occupied of the cells that become one", () => {
    const { arrays, meta, reduced } = taken(
      gridContent(gridMessage(70, 50, cells) as never, { ...finest, cells: 400 }),
    );
    const [width, height] = [meta.width as number, meta.height as number];
    const small = cellsOf(
      arrays.values as Int8Array,
      arrays.lengths as Uint16Array,
      width * height,
    ) as Int8Array;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const block = Array.from(cells).filter(
          (_, i) => Math.floor((i % 70) / 3) === x && Math.floor(i / 70 / 3) === y,
        );
        expect(small[y * width + x]).toBe(Math.max(...block));
      }
    }
    expect(reduced).toMatch(/3 × 3/);
  });

  it.each([
    ["info.resolution", { resolution: Number.NaN }],
    ["info.resolution", { resolution: 0 }],
    ["info.origin", { origin: { position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 0 } } }],
    ["info.origin", { origin: { position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 2 } } }],
    ["info.width", { width: 4_000_000_000 }],
    ["data", { width: 71 }],
  ])("with a lie in %s is refused", (path, more) => {
    expect(gridContent(gridMessage(70, 50, cells, more) as never, finest)).toMatchObject({ ok: false, path });
  });
});

describe("an image", () => {
  const rgb = (width: number, height: number, encoding: string, data: number[], step: number) => {
    const pixels = pixelsOf(imageMessage(width, height, encoding, Uint8Array.from(data), step), 1e6);
    return pixels.ok ? [...pixels.value.rgb] : `${pixels.path}: ${pixels.reason}`;
  };
  it.each([
    ["rgb8", [1, 2, 3, 4, 5, 6], 6, [1, 2, 3, 4, 5, 6]],
    ["bgr8", [1, 2, 3, 4, 5, 6], 6, [3, 2, 1, 6, 5, 4]],
    ["rgba8", [1, 2, 3, 9, 4, 5, 6, 9], 8, [1, 2, 3, 4, 5, 6]],
    ["bgra8", [1, 2, 3, 9, 4, 5, 6, 9], 8, [3, 2, 1, 6, 5, 4]],
    ["mono8", [7, 8], 2, [7, 7, 7, 8, 8, 8]],
    ["mono16", [0, 7, 0, 8], 4, [7, 7, 7, 8, 8, 8]],
    ["rgb16", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6], 12, [1, 2, 3, 4, 5, 6]],
    // White and black of limited range.
    ["yuv422_yuy2", [235, 128, 16, 128], 4, [255, 255, 255, 0, 0, 0]],
    ["uyvy", [128, 235, 128, 16], 4, [255, 255, 255, 0, 0, 0]],
  ])("in %s has its colours", (encoding, data, step, expected) => {
    expect(rgb(2, 1, encoding, data, step)).toEqual(expected);
  });

  it("in a Bayer pattern has the colours around each pixel", () => {
    const white = rgb(2, 2, "bayer_rggb8", [200, 100, 102, 50], 2);
    expect(white).toEqual(Array(4).fill([200, 101, 50]).flat());
  });

  it("of depth is dark where nothing was measured, and near is not far", () => {
    const found = rgb(3, 1, "16UC1", [0, 0, 0xe8, 0x03, 0x88, 0x13], 6) as number[];
    expect(found.slice(0, 3)).toEqual([0, 0, 0]);
    expect(found.slice(3, 6)).not.toEqual(found.slice(6, 9));
  });

  it("has rows with a margin", () => {
    expect(rgb(1, 2, "mono8", [1, 99, 2], 2)).toEqual([1, 1, 1, 2, 2, 2]);
  });

  it("is made smaller by a whole number", () => {
    const data = Uint8Array.from({ length: 64 * 48 }, (_, i) => i % 64);
    const pixels = pixelsOf(imageMessage(64, 48, "mono8", data, 64), 300);
    expect(pixels).toMatchObject({ ok: true, value: { width: 16, height: 12 } });
  });

  it.each([
    ["encoding", 2, 1, "rgb9", [1], 6],
    ["step", 2, 1, "rgb8", [1, 2, 3, 4, 5, 6], 5],
    ["data", 2, 2, "rgb8", [1, 2, 3, 4, 5, 6], 6],
    ["width", 0, 1, "rgb8", [], 0],
  ])("with a lie in %s is refused", (path, width, height, encoding, data, step) => {
    expect(rgb(width, height, encoding, data, step)).toMatch(new RegExp(`^${path}: `));
  });
});

describe("any message", () => {
  it("is a tree of its fields", () => {
    const { meta, reduced } = treeContent({
      a: 1,
      big: 2n ** 60n,
      small: 5n,
      nan: Number.NaN,
      list: new Float64Array([1, 2]),
      inner: { text: "x" },
    });
    expect(meta.message).toEqual({
      a: 1,
      big: String(2n ** 60n),
      small: 5,
      nan: null,
      list: [1, 2],
      inner: { text: "x" },
    });
    expect(reduced).toBeNull();
  });

  it("with very many values has the first of long arrays", () => {
    const { meta, reduced } = treeContent({ data: new Uint8Array(1_000_000) });
    expect((meta.message as { data: number[] }).data).toHaveLength(100);
    expect(reduced).toBe("999900 values of long arrays and texts are left out");
  });
});

describe("points that are far away", () => {
  const most = { ...(details[3] as Detail), points: 100 };
  const cloudOf = (far: number, count = 2000) => {
    const data = new Float64Array(3 * count).map(() => Math.random());
    data[0] = far;
    data[3] = -far;
    const fields = ["x", "y", "z"].map((name, k) => ({ name, offset: 8 * k, datatype: 8, count: 1 }));
    const shape = { height: 1, width: count, point_step: 24, row_step: 24 * count, is_bigendian: false };
    return { ...shape, fields, data: new Uint8Array(data.buffer) };
  };

  it("beyond what a float32 holds are left out, and the rest is thinned", () => {
    const made = cloudContent(cloudOf(1.7e308), most, { size: 0 });
    expect(made).toMatchObject({
      ok: true,
      value: { reduced: expect.stringMatching(/^2 points that are not finite/) },
    });
  });

  it("change the size of voxels for their message alone", () => {
    const voxel = { size: 0 };
    cloudContent(cloudOf(0.5), most, voxel);
    const usual = voxel.size;
    cloudContent(cloudOf(3e38), most, voxel);
    const after = cloudContent(cloudOf(0.5), most, voxel);
    expect(voxel.size).toBeLessThan(usual * 1.5);
    if (after.ok) expect(after.value.arrays.positions?.length).toBeGreaterThan(100);
  });
});
