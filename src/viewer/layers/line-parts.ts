import {
  BufferAttribute,
  BufferGeometry,
  ConeGeometry,
  CylinderGeometry,
  Group,
  Line,
  LineBasicMaterial,
  LineLoop,
  type Material,
  Mesh,
  MeshBasicMaterial,
  type Object3D,
  PointsMaterial,
  Vector3,
} from "three";
import { matrixOf } from "./layer-place.ts";

type Point = readonly [number, number, number];

/** A line through points, closed or not. */
export function lineOf(points: readonly Point[], color: string, isClosed = false): Line {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(Float32Array.from(points.flat()), 3));
  const material = new LineBasicMaterial({ color, toneMapped: false });
  return isClosed ? new LineLoop(geometry, material) : new Line(geometry, material);
}

/** An arrow from the origin along x. Lengths in m. */
export function arrowOf(
  material: Material,
  length: number,
  shaft = length * 0.04,
  head = length * 0.1,
): Group {
  const headLength = Math.min(length * 0.35, 3 * head);
  const root = new Group();
  const body = new Mesh(new CylinderGeometry(shaft, shaft, length - headLength, 12), material);
  body.rotation.z = -Math.PI / 2;
  body.position.x = (length - headLength) / 2;
  const tip = new Mesh(new ConeGeometry(head, headLength, 16), material);
  tip.rotation.z = -Math.PI / 2;
  tip.position.x = length - headLength / 2;
  root.add(body, tip);
  return root;
}

/** An arrow from one point to another. */
export function arrowBetween(from: Point, to: Point, material: Material, shaft: number, head: number): Group {
  const [a, b] = [new Vector3(...from), new Vector3(...to)];
  const way = b.clone().sub(a);
  const arrow = arrowOf(material, Math.max(1e-4, way.length()), shaft, head);
  arrow.position.copy(a);
  if (way.length() > 1e-9) arrow.quaternion.setFromUnitVectors(new Vector3(1, 0, 0), way.normalize());
  return arrow;
}

/** Puts an object at a pose. */
export function putAt<T extends Object3D>(object: T, pose: readonly number[]): T {
  matrixOf(pose).decompose(object.position, object.quaternion, object.scale);
  return object;
}

export function flat(color: string, opacity = 1): MeshBasicMaterial {
  return new MeshBasicMaterial({
    ...{ color, transparent: opacity < 1, opacity, depthWrite: opacity === 1 },
    toneMapped: false,
  });
}

// sRGB to linear light, IEC 61966-2-1.
const toLinear = `#include <color_vertex>
#ifdef USE_COLOR
  vColor.rgb = mix(
    pow((vColor.rgb + 0.055) / 1.055, vec3(2.4)),
    vColor.rgb / 12.92,
    vec3(lessThanEqual(vColor.rgb, vec3(0.04045)))
  );
#endif`;

/** Points whose own colours are sRGB bytes, as pictures and clouds have them; three takes those of vertices as linear. */
export function pointsOfBytes(size: number): PointsMaterial {
  const material = new PointsMaterial({ size, sizeAttenuation: false, toneMapped: false });
  material.onBeforeCompile = (shader) => {
    shader.vertexShader = shader.vertexShader.replace("#include <color_vertex>", toLinear);
  };
  return material;
}

/** Points of this size in CSS pixels; an opacity of less than 1 makes them clear. */
export function dressPoints(material: PointsMaterial, size: number, opacity = 1): void {
  material.size = size;
  material.opacity = opacity;
  material.transparent = opacity < 1;
  material.needsUpdate = true;
}

/** Frees what is below an object, and takes it out. */
export function clear(root: Object3D): void {
  root.traverse((object) => {
    const { geometry, material } = object as Partial<Mesh>;
    geometry?.dispose();
    for (const one of Array.isArray(material) ? material : [material]) one?.dispose();
  });
  root.clear();
}
