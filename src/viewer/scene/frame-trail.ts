import {
  BufferAttribute,
  BufferGeometry,
  Group,
  Line,
  LineBasicMaterial,
  type Object3D,
  Points,
  PointsMaterial,
  Vector3,
} from "three";

/** How long a trail is, ms. */
export const trailMs = 60_000;
const sampleMs = 50;
/** Nearer places count as one, m. */
const stepMetres = 0.002;
const mostPlaces = trailMs / sampleMs;
const color = 0x0ca678;

/** The way that a frame went in the last minute, in the view's world: the odometry frame. */
export class FrameTrail {
  readonly root = new Group();
  /** Times of the places, ms. */
  private readonly times: number[] = [];
  private readonly places = new Float32Array(3 * mostPlaces);
  private readonly geometry = new BufferGeometry();
  private readonly materials = {
    line: new LineBasicMaterial({ color, toneMapped: false }),
    dots: new PointsMaterial({ color, size: 4, sizeAttenuation: false, toneMapped: false }),
  };
  private sampledAt = Number.NEGATIVE_INFINITY;

  /** The places so far, x y z after x y z, m. */
  get way(): Float32Array {
    return this.places.slice(0, 3 * this.times.length);
  }

  constructor(readonly frame: Object3D) {
    this.geometry.setAttribute("position", new BufferAttribute(this.places, 3));
    this.geometry.setDrawRange(0, 0);
    const line = new Line(this.geometry, this.materials.line);
    const dots = new Points(this.geometry, this.materials.dots);
    // Its bounds change with every place.
    for (const part of [line, dots]) part.frustumCulled = false;
    this.root.add(line, dots);
  }

  /** Takes the frame's place as it is drawn, at a time in ms that may go back: then another way begins. True: it changed. */
  take(at: number): boolean {
    const { times, places } = this;
    if (at < this.sampledAt) times.length = 0;
    else if (at - this.sampledAt < sampleMs) return false;
    this.sampledAt = at;
    let old = 0;
    while ((times[old] ?? at) < at - trailMs) old += 1;
    if (times.length - old >= mostPlaces) old += 1;
    this.frame.getWorldPosition(place);
    const last = 3 * (times.length - 1);
    const isStill =
      times.length > 0 &&
      Math.hypot(
        place.x - (places[last] as number),
        place.y - (places[last + 1] as number),
        place.z - (places[last + 2] as number),
      ) < stepMetres;
    if (isStill && old === 0) return false;
    places.copyWithin(0, 3 * old);
    times.splice(0, old);
    if (!isStill || times.length === 0) {
      place.toArray(places, 3 * times.length);
      times.push(at);
    }
    this.geometry.setDrawRange(0, times.length);
    (this.geometry.getAttribute("position") as BufferAttribute).needsUpdate = true;
    return true;
  }

  dispose(): void {
    this.root.removeFromParent();
    this.geometry.dispose();
    for (const material of Object.values(this.materials)) material.dispose();
  }
}

const place = new Vector3();
