import { Group, type Object3D } from "three";
import { bareFrame } from "../../protocol/topics/bare-frame.ts";
import type { TopicHeader, TopicMessage } from "../../protocol/topics/topic-frame.ts";
import type { Place } from "./layer-place.ts";
import { clear, putAt } from "./line-parts.ts";
import { dressedMesh, type MeshSource, meshOf } from "./marker-mesh.ts";
import { markerShape, solid } from "./marker-shapes.ts";
import { colorAt, fieldAt, listAt, numberAt, poseAt, textAt } from "./message-fields.ts";
import type { TopicLayer } from "./topic-layer.ts";

const actions = { add: 0, remove: 2, removeAll: 3 } as const;
const mostMarkers = 5000;

/** `mesh`: of a file that others draw, too. */
type Drawn = { holder: Group; mesh: ReturnType<typeof dressedMesh> | null; until: number };

/** What a layer of markers needs of the page. */
export type MarkerSurroundings = {
  /** Where a marker's own frame is now. */
  place(header: TopicHeader, frame: string): Place;
  meshes: MeshSource;
  /** A mesh file came, or did not, with why. */
  settled(topic: string, problem: string | null): void;
  /** ms */
  now(): number;
};

/** Markers by their namespaces and ids, until they are deleted or their lifetime is over. Each is in a frame of its own. */
export class MarkerLayer implements TopicLayer {
  readonly root = new Group();
  private readonly drawn = new Map<string, Drawn>();

  constructor(private readonly around: MarkerSurroundings) {}

  /** Markers say themselves how they look. */
  dress(): void {}

  take({ header }: TopicMessage): boolean {
    const message = header.meta.message;
    const markers = header.type.endsWith("MarkerArray") ? listAt(message, "markers") : [message];
    for (const marker of markers.slice(0, mostMarkers)) this.takeOne(header, marker);
    this.expire();
    return true;
  }

  /** Takes away markers whose lifetime is over; true: something has changed. */
  expire(): boolean {
    const now = this.around.now();
    const over = [...this.drawn].filter(([, { until }]) => until <= now);
    for (const [key] of over) this.remove(key);
    return over.length > 0;
  }

  dispose(): void {
    for (const key of [...this.drawn.keys()]) this.remove(key);
    this.root.removeFromParent();
  }

  private takeOne(header: TopicHeader, marker: unknown): void {
    const key = `${textAt(marker, "ns")} ${numberAt(marker, "id")}`;
    const action = numberAt(marker, "action");
    if (action === actions.removeAll) {
      for (const known of [...this.drawn.keys()]) this.remove(known);
      return;
    }
    this.remove(key);
    if (action === actions.remove) return;
    const pose = poseAt(marker, "pose") ?? [0, 0, 0, 0, 0, 0, 1];
    const uri = meshOf(marker);
    const shape = uri === null ? markerShape(marker) : new Group();
    const place = this.around.place(header, bareFrame(textAt(marker, "header", "frame_id")));
    if (shape === null || "problem" in place || this.drawn.size >= mostMarkers) return;
    const holder = new Group();
    place.matrix.decompose(holder.position, holder.quaternion, holder.scale);
    const at = new Group();
    putAt(at, pose);
    at.add(shape);
    holder.add(at);
    (place.parent as Object3D).add(holder);
    const lifetime = fieldAt(marker, "lifetime");
    const ms =
      1000 * numberAt(lifetime, "sec") + (numberAt(lifetime, "nsec") + numberAt(lifetime, "nanosec")) / 1e6;
    const until = ms > 0 ? this.around.now() + ms : Number.POSITIVE_INFINITY;
    const drawn: Drawn = { holder, mesh: null, until };
    this.drawn.set(key, drawn);
    if (uri !== null) void this.load(uri, header.topic, marker, key, drawn, shape);
  }

  /** The mesh of a marker, once its file is there. */
  private async load(
    uri: string,
    topic: string,
    marker: unknown,
    key: string,
    drawn: Drawn,
    at: Object3D,
  ): Promise<void> {
    let problem: string | null = null;
    try {
      const { object } = await this.around.meshes.take(uri);
      if (this.drawn.get(key) !== drawn) return;
      drawn.mesh = dressedMesh(object, marker, () => solid(...colorAt(marker, "color")));
      at.add(drawn.mesh.root);
    } catch (error) {
      problem = `${uri} ${error instanceof Error ? error.message : String(error)}`;
    }
    if (this.drawn.get(key) === drawn) this.around.settled(topic, problem);
  }

  private remove(key: string): void {
    const known = this.drawn.get(key);
    if (known === undefined) return;
    // Its file's geometry is kept for the next marker.
    known.mesh?.root.removeFromParent();
    for (const material of known.mesh?.made ?? []) material.dispose();
    clear(known.holder);
    known.holder.removeFromParent();
    this.drawn.delete(key);
  }
}
