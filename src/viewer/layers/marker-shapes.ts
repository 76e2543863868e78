import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  CylinderGeometry,
  DoubleSide,
  Group,
  InstancedMesh,
  Line,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshStandardMaterial,
  type Object3D,
  Points,
  PointsMaterial,
  SphereGeometry,
  Sprite,
  SpriteMaterial,
  SRGBColorSpace,
} from "three";
import { markerTypes } from "../../protocol/topics/marker-types.ts";
import { arrowBetween, arrowOf } from "./line-parts.ts";
import { colorAt, listAt, numberAt, pointAt, textAt } from "./message-fields.ts";

type Point = [number, number, number];

/** What a marker draws at its pose; null: its kind is not known, or has nothing to draw. */
export function markerShape(marker: unknown): Object3D | null {
  const [r, g, b, a] = colorAt(marker, "color");
  const [sx, sy, sz] = pointAt(marker, "scale") ?? [1, 1, 1];
  const points = listAt(marker, "points")
    .map((point) => pointAt(point))
    .filter((point) => point !== null);
  const material = solid(r, g, b, a);
  const scaled = (mesh: Object3D): Object3D => {
    mesh.scale.set(sx || 1, sy || 1, sz || 1);
    return mesh;
  };
  switch (numberAt(marker, "type")) {
    case markerTypes.arrow: {
      const [from, to] = points;
      // Given by two points its scale is the shaft's and the head's diameter, else its length and width.
      if (from !== undefined && to !== undefined) return arrowBetween(from, to, material, sx / 2, sy / 2);
      return arrowOf(material, sx || 1, (sy || 0.1) / 2, sy || 0.1);
    }
    case markerTypes.cube:
      return scaled(new Mesh(new BoxGeometry(1, 1, 1), material));
    case markerTypes.sphere:
      return scaled(new Mesh(new SphereGeometry(0.5, 32, 20), material));
    case markerTypes.cylinder:
      return scaled(new Mesh(new CylinderGeometry(0.5, 0.5, 1, 32).rotateX(Math.PI / 2), material));
    case markerTypes.lineStrip:
    case markerTypes.lineList:
      return lines(marker, points, [r, g, b, a]);
    case markerTypes.cubeList:
      return copies(new BoxGeometry(sx || 1, sy || 1, sz || 1), marker, points, [r, g, b, a]);
    case markerTypes.sphereList:
      return copies(new SphereGeometry(0.5, 16, 10).scale(sx || 1, sy || 1, sz || 1), marker, points, [
        r,
        g,
        b,
        a,
      ]);
    case markerTypes.points: {
      const dots = new PointsMaterial({
        size: sx || 0.02,
        vertexColors: true,
        toneMapped: false,
        transparent: a < 1,
        opacity: a || 1,
      });
      return new Points(coloured(marker, points, [r, g, b, a]), dots);
    }
    case markerTypes.text:
      return label(textAt(marker, "text"), sz || 0.1, [r, g, b, a]);
    case markerTypes.triangleList: {
      const geometry = coloured(marker, points.slice(0, points.length - (points.length % 3)), [r, g, b, a]);
      geometry.computeVertexNormals();
      const shaded = solid(1, 1, 1, a);
      shaded.vertexColors = true;
      shaded.side = DoubleSide;
      return scaled(new Mesh(geometry, shaded));
    }
    default:
      return null;
  }
}

export function solid(r: number, g: number, b: number, a: number): MeshStandardMaterial {
  const isClear = a < 1;
  const material = new MeshStandardMaterial({
    roughness: 0.8,
    transparent: isClear,
    opacity: a,
    depthWrite: !isClear,
  });
  material.color.setRGB(r, g, b, "srgb");
  return material;
}

function lines(marker: unknown, points: readonly Point[], color: readonly number[]): Object3D {
  const material = new LineBasicMaterial({
    vertexColors: true,
    toneMapped: false,
    transparent: (color[3] ?? 1) < 1,
    opacity: color[3] ?? 1,
  });
  const geometry = coloured(marker, points, color);
  return numberAt(marker, "type") === markerTypes.lineList
    ? new LineSegments(geometry, material)
    : new Line(geometry, material);
}

/** Points with a colour each: their own where there are as many, else the marker's. */
function coloured(marker: unknown, points: readonly Point[], color: readonly number[]): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(Float32Array.from(points.flat()), 3));
  const own = listAt(marker, "colors");
  const colors = points.map((_, i) =>
    (own.length === points.length ? colorAt(own[i]) : color).slice(0, 3).map(linear),
  );
  geometry.setAttribute("color", new BufferAttribute(Float32Array.from(colors.flat()), 3));
  return geometry;
}

function copies(
  geometry: BufferGeometry,
  marker: unknown,
  points: readonly Point[],
  color: readonly number[],
): Object3D {
  const [r = 1, g = 1, b = 1, a = 1] = color;
  const own = listAt(marker, "colors");
  const hasOwn = own.length === points.length && own.length > 0;
  const material = hasOwn ? solid(1, 1, 1, a) : solid(r, g, b, a);
  const mesh = new InstancedMesh(geometry, material, points.length);
  for (const [i, [x, y, z]] of points.entries()) {
    mesh.setMatrixAt(i, new Matrix4().makeTranslation(x, y, z));
    if (!hasOwn) continue;
    const [cr, cg, cb] = colorAt(own[i]);
    mesh.setColorAt(i, material.color.clone().setRGB(cr, cg, cb, "srgb"));
  }
  return mesh;
}

/** Text that faces the viewer, `height` m high. */
function label(
  text: string,
  height: number,
  [r = 1, g = 1, b = 1, a = 1]: readonly number[],
): Object3D | null {
  if (text === "") return null;
  const rows = text
    .split("\n")
    .slice(0, 20)
    .map((row) => row.slice(0, 120));
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (context === null) return null;
  const font = "48px system-ui, sans-serif";
  context.font = font;
  const rowPixels = 60;
  canvas.width = Math.ceil(Math.max(...rows.map((row) => context.measureText(row).width)) + 8);
  canvas.height = rowPixels * rows.length;
  context.font = font;
  context.fillStyle = `rgb(${[r, g, b].map((share) => Math.round(255 * share)).join(" ")})`;
  context.textBaseline = "middle";
  for (const [i, row] of rows.entries()) context.fillText(row, 4, (i + 0.5) * rowPixels);
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  const material = new SpriteMaterial({
    map,
    transparent: true,
    opacity: a,
    depthWrite: false,
    toneMapped: false,
  });
  const sprite = new Sprite(material);
  sprite.scale.set((height * canvas.width) / rowPixels, (height * canvas.height) / rowPixels, 1);
  const root = new Group();
  root.add(sprite);
  return root;
}

function linear(share: number): number {
  return share < 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
