import { ownValue } from "../../core/own-value.ts";
import type { TopicHeader, TopicMessage } from "../../protocol/topics/topic-frame.ts";
import { PictureDecoder } from "../topics/picture-decoder.ts";
import type { TopicDesk } from "../topics/topic-desk.ts";
import type { TopicLook } from "../topics/topic-looks.ts";
import type { TopicVideos } from "../topics/topic-videos.ts";
import { CameraLayer, cameraOf } from "./camera-layer.ts";
import { CloudLayer } from "./cloud-layer.ts";
import { GridLayer } from "./grid-layer.ts";
import { type Place, placeOf, type ViewFrames } from "./layer-place.ts";
import { MarkerLayer } from "./marker-layer.ts";
import type { MeshSource } from "./marker-mesh.ts";
import { ScanLayer } from "./scan-layer.ts";
import { isShape, ShapeLayer } from "./shape-layer.ts";
import { layerColors, type TopicLayer } from "./topic-layer.ts";

type Shown = { layer: TopicLayer; type: string; drawn: string; look: TopicLook; color: string };

/** Draws the topics that are shown in the 3D view, each message where tf places it. */
export class LayerBoard {
  private readonly shown = new Map<string, Shown>();
  /** Why the newest message of a topic is not drawn. */
  readonly problems = new Map<string, string>();
  private readonly decoders = new Map<string, PictureDecoder>();
  /** Pictures that are drawn in the view of their camera. */
  private readonly drawnPictures = new Map<string, CameraLayer>();
  /** What ends the watching of videos that are drawn so. */
  private readonly watchedVideos = new Map<string, () => void>();
  private count = 0;

  constructor(
    private readonly desk: TopicDesk,
    private readonly videos: TopicVideos,
    private readonly view: ViewFrames,
    private readonly meshes: MeshSource,
    private readonly requestDraw: () => void,
  ) {
    desk.listen((topic, message) => this.take(topic, message));
    desk.shown.subscribe(() => this.follow());
    desk.looks.all.subscribe(() => this.dress());
    setInterval(() => this.expire(), 100);
  }

  /** The colour, as #rrggbb, that a topic has unless a person chose one; null: it is not drawn. */
  colorOf(topic: string): string | null {
    return this.shown.get(topic)?.color ?? null;
  }

  /** The views of the camera that a picture is of. */
  private camerasOf(picture: string): CameraLayer[] {
    return [...this.shown].flatMap(([topic, { layer }]) =>
      layer instanceof CameraLayer && cameraOf(topic) === cameraOf(picture) ? [layer] : [],
    );
  }

  /** A camera's view has come: its picture may have come before, and be the only one for long. */
  private takeKnownPictures(camera: string): void {
    for (const { topic, message } of this.desk.states.values()) {
      if (message !== null && isPicture(message.header) && cameraOf(topic) === cameraOf(camera)) {
        this.take(topic, message);
      }
    }
  }

  private decoderOf(topic: string): PictureDecoder {
    const known = this.decoders.get(topic);
    if (known !== undefined) return known;
    const made = new PictureDecoder((bitmap) => this.showPicture(topic, bitmap));
    this.decoders.set(topic, made);
    return made;
  }

  private watchVideo(topic: string): void {
    if (this.watchedVideos.has(topic)) return;
    const end = this.videos.watch(topic, (frame) => {
      const { displayWidth: width, displayHeight: height } = frame;
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext("2d")?.drawImage(frame, 0, 0, width, height);
      this.showPicture(topic, canvas.transferToImageBitmap());
    });
    this.watchedVideos.set(topic, end);
  }

  private showPicture(topic: string, bitmap: ImageBitmap): void {
    const [camera, ...others] = this.desk.shown.get().includes(topic) ? this.camerasOf(topic) : [];
    if (camera === undefined || others.length > 0) bitmap.close();
    else {
      camera.show(bitmap);
      this.drawnPictures.set(topic, camera);
      this.requestDraw();
    }
  }

  private follow(): void {
    const wanted = new Set(this.desk.shown.get());
    for (const [topic, camera] of this.drawnPictures) {
      if (wanted.has(topic)) continue;
      camera.show(null);
      this.drawnPictures.delete(topic);
      this.requestDraw();
    }
    for (const [topic, { layer }] of this.shown) {
      if (wanted.has(topic)) continue;
      layer.dispose();
      this.shown.delete(topic);
      this.problems.delete(topic);
      this.requestDraw();
    }
    for (const [topic, end] of this.watchedVideos) {
      if (wanted.has(topic) && this.camerasOf(topic).length > 0) continue;
      end();
      this.watchedVideos.delete(topic);
    }
  }

  /** Somebody changed how topics look: their newest messages are drawn anew. */
  private dress(): void {
    for (const [topic, shown] of this.shown) {
      const look = this.desk.looks.of(topic);
      if (look === shown.look) continue;
      shown.look = look;
      shown.layer.dress(look);
      shown.drawn = "";
      const message = this.desk.states.get(topic)?.message ?? null;
      if (message !== null && !(shown.layer instanceof MarkerLayer)) this.take(topic, message);
      this.requestDraw();
    }
  }

  private take(topic: string, message: TopicMessage): void {
    // Panels follow topics that nobody wants to see in 3D.
    if (!this.desk.shown.get().includes(topic)) return;
    const { header } = message;
    if (isPicture(header)) {
      if (this.camerasOf(topic).length === 0) return;
      if (header.format === "video") this.watchVideo(topic);
      else this.decoderOf(topic).take(message);
      return;
    }
    let shown = this.shown.get(topic);
    if (shown === undefined || shown.type !== header.type) {
      shown?.layer.dispose();
      const color = layerColors[this.count % layerColors.length] as string;
      const layer = this.layerFor(header, color);
      if (layer === null) return;
      const look = this.desk.looks.of(topic);
      layer.dress(look);
      shown = { layer, type: header.type, drawn: "", look, color };
      this.shown.set(topic, shown);
      if (layer instanceof CameraLayer) this.takeKnownPictures(topic);
    }
    const { layer } = shown;
    if (!(layer instanceof MarkerLayer) && !this.put(topic, layer, header)) {
      shown.drawn = "";
      return;
    }
    // What stands still costs no picture.
    const looks = looksOf(message);
    if (looks !== "" && looks === shown.drawn) return;
    shown.drawn = looks;
    if (layer instanceof MarkerLayer) this.problems.delete(topic);
    if (layer.take(message)) this.requestDraw();
    else this.problems.set(topic, "The newest message cannot be drawn.");
  }

  /** Puts a layer where the message's frame is; false where nobody knows. */
  private put(topic: string, { root }: TopicLayer, header: TopicHeader): boolean {
    const place = placeOf(header, this.view);
    if ("problem" in place) {
      this.problems.set(topic, place.problem);
      if (root.parent !== null) this.requestDraw();
      root.removeFromParent();
      return false;
    }
    this.problems.delete(topic);
    place.matrix.decompose(root.position, root.quaternion, root.scale);
    if (root.parent !== place.parent) place.parent.add(root);
    return true;
  }

  private layerFor({ format, type }: TopicHeader, color: string): TopicLayer | null {
    const isCamera = type === "sensor_msgs/msg/CameraInfo";
    if (format === "scan" || isCamera || isShape(type)) this.count += 1;
    if (isCamera) return new CameraLayer(color);
    if (format === "scan") return new ScanLayer(color);
    if (format === "cloud") return new CloudLayer();
    if (format === "grid") return new GridLayer();
    if (isShape(type)) return new ShapeLayer(color);
    if (!/^visualization_msgs\/msg\/Marker(Array)?$/.test(type)) return null;
    return new MarkerLayer({
      place: (header, frame) => this.placePart(header, frame),
      meshes: this.meshes,
      settled: (topic, problem) => {
        if (problem !== null) this.problems.set(topic, problem);
        this.requestDraw();
      },
      now: () => performance.now(),
    });
  }

  /** Where a marker's own frame is. */
  private placePart(header: TopicHeader, frame: string): Place {
    const placement =
      header.frame === frame ? header.placement : (ownValue(header.places ?? {}, frame) ?? null);
    const place = placeOf({ ...header, frame: frame === "" ? null : frame, placement }, this.view);
    if ("problem" in place) this.problems.set(header.topic, place.problem);
    return place;
  }

  private expire(): void {
    for (const { layer } of this.shown.values()) {
      if (layer instanceof MarkerLayer && layer.expire()) this.requestDraw();
    }
  }
}

function isPicture({ format }: TopicHeader): boolean {
  return format === "image" || format === "video";
}

/** Numbers of a message up to which it is compared with the one before. */
const mostCompared = 4000;

/** What a message looks like and where it is, as a text; empty: it is too much to be compared, or has a life of its own. */
function looksOf({ header: { format, type, meta, placement }, arrays }: TopicMessage): string {
  const lists = Object.values(arrays);
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  if (count > mostCompared || type.includes("Marker")) return "";
  const text = JSON.stringify([format, meta, placement?.above, lists.map((list) => Array.from(list))]);
  return text.length > 20 * mostCompared ? "" : text;
}
