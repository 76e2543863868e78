import { BufferAttribute, BufferGeometry, Points, PointsMaterial } from "three";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import type { TopicLayer } from "./topic-layer.ts";

const pointPixels = 3;

/** A laser scan: a point where each ray ended, in the plane z = 0 of its frame. */
export class ScanLayer implements TopicLayer {
  readonly root: Points<BufferGeometry, PointsMaterial>;

  constructor(color: number) {
    const material = new PointsMaterial({ color, size: pointPixels, sizeAttenuation: false });
    this.root = new Points(new BufferGeometry(), material);
    this.root.frustumCulled = false;
  }

  take({ header: { meta }, arrays }: TopicMessage): boolean {
    const { ranges } = arrays;
    const { angleMin, angleIncrement } = meta;
    if (
      !(ranges instanceof Float32Array) ||
      typeof angleMin !== "number" ||
      typeof angleIncrement !== "number"
    ) {
      return false;
    }
    const positions = roomFor(this.root.geometry, ranges.length);
    let count = 0;
    for (let i = 0; i < ranges.length; i += 1) {
      const range = ranges[i] as number;
      if (Number.isNaN(range)) continue;
      const angle = angleMin + i * angleIncrement;
      positions.setXYZ(count, range * Math.cos(angle), range * Math.sin(angle), 0);
      count += 1;
    }
    positions.needsUpdate = true;
    this.root.geometry.setDrawRange(0, count);
    return true;
  }

  dispose(): void {
    this.root.removeFromParent();
    this.root.geometry.dispose();
    this.root.material.dispose();
  }
}

/** The positions of a geometry, with room for `count` points; made anew only when there is too little. */
function roomFor(geometry: BufferGeometry, count: number): BufferAttribute {
  const known = geometry.getAttribute("position");
  if (known instanceof BufferAttribute && known.count >= count) return known;
  const made = new BufferAttribute(new Float32Array(3 * Math.max(1, count)), 3);
  geometry.setAttribute("position", made);
  return made;
}
