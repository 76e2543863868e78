import {
  AxesHelper,
  Color,
  DoubleSide,
  Group,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  ShadowMaterial,
} from "three";

/** The floor of the world frame: a 1 m grid with 0.1 m between, fading out, and the shadows on it. */
export class Ground {
  readonly root = new Group();
  readonly grid: Mesh;
  readonly axes = new AxesHelper(0.25);
  private readonly material: ShaderMaterial;

  constructor() {
    this.material = new ShaderMaterial({
      transparent: true,
      depthWrite: false,
      side: DoubleSide,
      uniforms: { color: { value: new Color(0x868e96) } },
      vertexShader: `
        varying vec2 world;
        void main() {
          vec4 position4 = modelMatrix * vec4(position, 1.0);
          world = position4.xy;
          gl_Position = projectionMatrix * viewMatrix * position4;
        }`,
      fragmentShader: `
        uniform vec3 color;
        varying vec2 world;
        float lines(float spacing, float width) {
          vec2 at = world / spacing;
          vec2 pixel = fwidth(at);
          vec2 near = abs(fract(at - 0.5) - 0.5) / pixel;
          float line = 1.0 - min(min(near.x, near.y) / width, 1.0);
          return line * (1.0 - smoothstep(0.2, 0.6, max(pixel.x, pixel.y)));
        }
        void main() {
          float fade = 1.0 - smoothstep(1.5, 9.0, length(world));
          float alpha = max(lines(1.0, 1.3) * 0.4, lines(0.1, 1.0) * 0.11) * fade;
          if (alpha < 0.01) discard;
          gl_FragColor = vec4(color, alpha);
        }`,
    });
    this.grid = new Mesh(new PlaneGeometry(20, 20), this.material);
    this.grid.renderOrder = -1;
    const shadows = new Mesh(new PlaneGeometry(20, 20), new ShadowMaterial({ opacity: 0.22 }));
    shadows.receiveShadow = true;
    shadows.position.z = -0.0005;
    this.axes.position.z = 0.001;
    this.root.add(this.grid, shadows, this.axes);
  }

  /** The grid is drawn where the robot is; its lines stay on whole metres of the world. */
  follow(x: number, y: number): void {
    this.root.children.forEach((child) => {
      if (child !== this.axes) child.position.setX(Math.round(x)).setY(Math.round(y));
    });
  }

  setDark(dark: boolean): void {
    this.material.uniforms.color?.value.set(dark ? 0x9aa5b1 : 0x5c6773);
  }
}
