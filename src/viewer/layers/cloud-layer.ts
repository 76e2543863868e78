import { BufferAttribute, BufferGeometry, Group, Points, type PointsMaterial } from "three";
import { isNumber } from "../../client/message-checks.ts";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import type { TopicLook } from "../topics/topic-looks.ts";
import { ramped } from "./color-ramp.ts";
import { dressPoints, pointsOfBytes } from "./line-parts.ts";
import type { TopicLayer } from "./topic-layer.ts";

const pointPixels = 2;

/** A point cloud, in its own colours or in those of a field. The steps of its positions become metres in the graphics card. */
export class CloudLayer implements TopicLayer {
  readonly root = new Group();
  private readonly points: Points<BufferGeometry, PointsMaterial>;

  constructor() {
    const material = pointsOfBytes(pointPixels);
    material.vertexColors = true;
    this.points = new Points(new BufferGeometry(), material);
    this.points.frustumCulled = false;
    this.root.add(this.points);
  }

  dress({ color, size, opacity }: TopicLook): void {
    const { material } = this.points;
    dressPoints(material, size ?? pointPixels, opacity);
    material.vertexColors = color === undefined;
    material.color.set(color ?? "#ffffff");
  }

  take({ header: { meta }, arrays: { positions, rgb, values } }: TopicMessage): boolean {
    const { origin, scale } = meta;
    if (!(positions instanceof Uint16Array) || !isTriple(origin) || !isTriple(scale)) return false;
    const count = positions.length / 3;
    const colors = rgb instanceof Uint8Array ? rgb : values instanceof Uint8Array ? ramped(values) : null;
    if (colors === null || colors.length !== 3 * count) return false;
    // The old buffers of the graphics card are given up with the geometry.
    this.points.geometry.dispose();
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(positions, 3));
    geometry.setAttribute("color", new BufferAttribute(colors, 3, true));
    this.points.geometry = geometry;
    this.points.position.fromArray(origin);
    this.points.scale.fromArray(scale);
    return true;
  }

  dispose(): void {
    this.root.removeFromParent();
    this.points.geometry.dispose();
    this.points.material.dispose();
  }
}

function isTriple(value: unknown): value is [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every(isNumber);
}
