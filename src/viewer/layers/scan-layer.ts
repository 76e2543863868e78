import { BufferAttribute, BufferGeometry, Points, type PointsMaterial } from "three";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import type { TopicLook } from "../topics/topic-looks.ts";
import { ramped } from "./color-ramp.ts";
import { dressPoints, pointsOfBytes } from "./line-parts.ts";
import type { TopicLayer } from "./topic-layer.ts";

const pointPixels = 3;

/** A laser scan: a point where each ray ended, in the plane z = 0 of its frame, in one colour or by its intensities. */
export class ScanLayer implements TopicLayer {
  readonly root: Points<BufferGeometry, PointsMaterial>;
  private isByIntensity = false;

  constructor(private readonly color: string) {
    const material = pointsOfBytes(pointPixels);
    material.color.set(color);
    this.root = new Points(new BufferGeometry(), material);
    this.root.frustumCulled = false;
  }

  dress({ color, field, size, opacity }: TopicLook): void {
    const { material } = this.root;
    this.isByIntensity = field === "intensity";
    material.vertexColors = this.isByIntensity;
    material.color.set(this.isByIntensity ? "#ffffff" : (color ?? this.color));
    dressPoints(material, size ?? pointPixels, opacity);
  }

  take({ header: { meta }, arrays }: TopicMessage): boolean {
    const { ranges, intensities } = arrays;
    const { angleMin, angleIncrement } = meta;
    if (
      !(ranges instanceof Float32Array) ||
      typeof angleMin !== "number" ||
      typeof angleIncrement !== "number"
    ) {
      return false;
    }
    const positions = roomFor(this.root.geometry, ranges.length);
    const kept = this.isByIntensity ? new Float32Array(ranges.length) : null;
    let count = 0;
    for (let i = 0; i < ranges.length; i += 1) {
      const range = ranges[i] as number;
      if (Number.isNaN(range)) continue;
      const angle = angleMin + i * angleIncrement;
      positions.setXYZ(count, range * Math.cos(angle), range * Math.sin(angle), 0);
      if (kept !== null && intensities instanceof Float32Array) kept[count] = intensities[i] ?? 0;
      count += 1;
    }
    if (kept !== null) this.colorBy(kept.subarray(0, count), positions.count);
    positions.needsUpdate = true;
    this.root.geometry.setDrawRange(0, count);
    return true;
  }

  /** The least intensity of a scan is blue, the greatest red. */
  private colorBy(values: Float32Array, room: number): void {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    const span = most > least ? most - least : 1;
    const colors = new Uint8Array(3 * room);
    colors.set(ramped(Uint8Array.from(values, (value) => Math.round((255 * (value - least)) / span))));
    this.root.geometry.setAttribute("color", new BufferAttribute(colors, 3, true));
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
