import {
  BufferAttribute,
  BufferGeometry,
  DoubleSide,
  Group,
  Mesh,
  MeshBasicMaterial,
  type Object3D,
  SRGBColorSpace,
  Texture,
} from "three";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import type { TopicLook } from "../topics/topic-looks.ts";
import { clear, lineOf } from "./line-parts.ts";
import { listAt, numberAt } from "./message-fields.ts";
import type { TopicLayer } from "./topic-layer.ts";

/** How far in front of a camera the end of its view is drawn, m. */
const viewMetres = 0.5;

/** The namespace in which image_transport has a picture and its camera_info beside one another. */
export function cameraOf(topic: string): string {
  const parts = topic.split("/");
  // As /camera/image_raw/compressed.
  const isTransport =
    /^(compressed|compressedDepth|theora|ffmpeg|foxglove|h264|h265|hevc|vp9|av1|zstd)$/.test(
      parts.at(-1) ?? "",
    );
  return parts.slice(0, isTransport ? -2 : -1).join("/");
}

type Point = [number, number, number];

/**
 * What a camera sees, by its CameraInfo: a pyramid in its optical frame (REP-103: z ahead, x right, y down), and at its end the
 * camera's picture where that is shown, too. Its lens is taken as a pinhole: a picture that is not rectified is as bent there as it is.
 */
export class CameraLayer implements TopicLayer {
  readonly root = new Group();
  private readonly lines = new Group();
  private readonly picture: Mesh<BufferGeometry, MeshBasicMaterial>;
  private color: string;

  constructor(private readonly usual: string) {
    this.color = usual;
    const material = new MeshBasicMaterial({ side: DoubleSide, toneMapped: false });
    this.picture = new Mesh(new BufferGeometry(), material);
    this.picture.visible = false;
    this.root.add(this.lines, this.picture);
  }

  dress({ color }: TopicLook): void {
    this.color = color ?? this.usual;
  }

  take({ header: { meta } }: TopicMessage): boolean {
    const corners = cornersOf(meta.message);
    if (corners === null) return false;
    clear(this.lines);
    this.lines.add(...pyramid(corners, this.color));
    this.picture.geometry.dispose();
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(Float32Array.from(corners.flat()), 3));
    // A picture's first row is at the top.
    geometry.setAttribute("uv", new BufferAttribute(Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1), 2));
    geometry.setIndex([0, 3, 1, 1, 3, 2]);
    this.picture.geometry = geometry;
    return true;
  }

  /** Shows a picture, which is its own from now on; null: none. */
  show(bitmap: ImageBitmap | null): void {
    const { material } = this.picture;
    const before = material.map;
    if (before !== null) {
      (before.image as ImageBitmap).close();
      before.dispose();
    }
    material.map = null;
    this.picture.visible = bitmap !== null;
    if (bitmap === null) return;
    const texture = new Texture(bitmap);
    texture.flipY = false;
    texture.colorSpace = SRGBColorSpace;
    texture.needsUpdate = true;
    material.map = texture;
    if (before === null) material.needsUpdate = true;
  }

  dispose(): void {
    this.show(null);
    clear(this.lines);
    this.picture.geometry.dispose();
    this.picture.material.dispose();
    this.root.removeFromParent();
  }
}

function pyramid(corners: readonly Point[], color: string): Object3D[] {
  const rays = corners.map((corner) => lineOf([[0, 0, 0], corner], color));
  return [lineOf(corners, color, true), ...rays];
}

/** Where the corners of the picture are at the end of the view, from the top left clockwise, by the matrix k; null: it makes no sense. */
function cornersOf(message: unknown): Point[] | null {
  const k = listAt(message, "k").map((value) => (typeof value === "number" ? value : Number.NaN));
  const [fx = Number.NaN, , cx = Number.NaN, , fy = Number.NaN, cy = Number.NaN] = k;
  const [width, height] = [numberAt(message, "width"), numberAt(message, "height")];
  if (![cx, cy].every(Number.isFinite) || !(fx > 0) || !(fy > 0) || !(width > 0) || !(height > 0))
    return null;
  const at = (u: number, v: number): Point => [
    ((u - cx) / fx) * viewMetres,
    ((v - cy) / fy) * viewMetres,
    viewMetres,
  ];
  return [at(0, 0), at(width, 0), at(width, height), at(0, height)];
}
