import {
  DataTexture,
  DoubleSide,
  Group,
  Mesh,
  NearestFilter,
  PlaneGeometry,
  RedFormat,
  ShaderMaterial,
  UnsignedByteType,
  Vector3,
} from "three";
import { isNumber } from "../../client/message-checks.ts";
import { cellsOf } from "../../protocol/topics/occupancy-grid.ts";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import { type TopicLook, usualPalette } from "../topics/topic-looks.ts";
import { matrixOf } from "./layer-place.ts";
import type { TopicLayer } from "./topic-layer.ts";

/** Above the floor, so that the two do not flicker; m. */
const lift = 0.003;

const vertex = `varying vec2 at;
void main() { at = uv; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`;
// 255 is unknown, 0 free, 100 occupied.
const fragment = `uniform sampler2D cells; uniform float opacity; uniform bool isCosts; varying vec2 at;
void main() {
  float value = texture2D(cells, at).r * 255.0;
  float share = value / 100.0;
  vec4 color = vec4(mix(vec3(0.86, 0.89, 0.93), vec3(0.12, 0.14, 0.18), share), 0.35 + 0.6 * share);
  // Free cells are clear; costs go from blue to red, what is in the way is purple, and what surely collides is turquoise.
  if (isCosts) {
    color = vec4(mix(vec3(0.1, 0.2, 0.9), vec3(0.9, 0.1, 0.1), share), 0.25 + 0.45 * share);
    if (value < 0.5) color.a = 0.0;
    else if (value > 99.5) color = vec4(0.6, 0.1, 0.7, 0.85);
    else if (value > 98.5) color = vec4(0.0, 0.75, 0.75, 0.8);
  }
  if (value > 100.5) color = vec4(0.45, 0.55, 0.55, 0.25);
  gl_FragColor = vec4(color.rgb, color.a * opacity);
}`;

/** An occupancy grid on its plane: free cells light, occupied ones dark, unknown ones grey. */
export class GridLayer implements TopicLayer {
  readonly root = new Group();
  private readonly mesh: Mesh<PlaneGeometry, ShaderMaterial>;
  private texture: DataTexture | null = null;
  private palette: TopicLook["palette"];

  constructor() {
    const material = new ShaderMaterial({
      uniforms: { cells: { value: null }, opacity: { value: 1 }, isCosts: { value: false } },
      vertexShader: vertex,
      fragmentShader: fragment,
      ...{ transparent: true, depthWrite: false, side: DoubleSide },
    });
    this.mesh = new Mesh(new PlaneGeometry(1, 1), material);
    this.mesh.visible = false;
    this.root.add(this.mesh);
  }

  dress({ opacity, palette }: TopicLook): void {
    const { uniforms } = this.mesh.material;
    Object.assign(uniforms.opacity as object, { value: opacity ?? 1 });
    this.palette = palette;
  }

  take({ header: { meta, topic }, arrays: { values, lengths } }: TopicMessage): boolean {
    const { width, height, resolution, origin } = meta;
    if (!(values instanceof Int8Array) || !(lengths instanceof Uint16Array)) return false;
    if (!isNumber(width) || !isNumber(height) || !isNumber(resolution) || !Array.isArray(origin))
      return false;
    const cells = cellsOf(values, lengths, width * height);
    if (cells === null || cells.length === 0) return false;
    this.texture?.dispose();
    const bytes = new Uint8Array(cells.buffer);
    const texture = new DataTexture(bytes, width, height, RedFormat, UnsignedByteType);
    texture.magFilter = NearestFilter;
    texture.minFilter = NearestFilter;
    // Rows of one byte a cell need no padding.
    texture.unpackAlignment = 1;
    texture.needsUpdate = true;
    this.texture = texture;
    const { uniforms } = this.mesh.material;
    Object.assign(uniforms.cells as object, { value: texture });
    const [across, along] = [width * resolution, height * resolution];
    this.mesh.matrixAutoUpdate = false;
    this.mesh.matrix
      .copy(matrixOf(origin.filter(isNumber)))
      .multiply(matrixOf([across / 2, along / 2, lift, 0, 0, 0, 1]));
    this.mesh.matrix.scale(new Vector3(across, along, 1));
    this.mesh.visible = true;
    const isCosts = (this.palette ?? usualPalette(topic)) === "costs";
    Object.assign(uniforms.isCosts as object, { value: isCosts });
    return true;
  }

  dispose(): void {
    this.root.removeFromParent();
    this.texture?.dispose();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
