import {
  Color,
  DirectionalLight,
  HemisphereLight,
  NeutralToneMapping,
  Object3D,
  PCFShadowMap,
  PerspectiveCamera,
  type Scene,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { DrawPacer } from "./draw-pacer.ts";
import { Ground, shadowReach } from "./ground.ts";

// REP-103: z is up. Must be set before any object is made.
Object3D.DEFAULT_UP.set(0, 0, 1);

const slowDrawMs = 34;
const slowForMs = 900;
const leastPixelRatio = 0.75;
/** Where the processor draws, shadows follow the robot four times a second. */
const softwareShadowMs = 250;
/** An empty scene is not drawn before this: the first picture should have the robot in it. */
const waitForRobotMs = 2500;

/**
 * Camera, light, floor and the drawing loop. `onFrame` is asked each time the screen is ready; a picture
 * is made only when something changed, so that a still robot costs a laptop nothing.
 */
export class Stage {
  readonly camera = new PerspectiveCamera(40, 1, 0.01, 200);
  readonly controls: OrbitControls;
  readonly ground = new Ground();
  private readonly renderer: WebGLRenderer;
  private readonly pacer: DrawPacer;
  private readonly sun = new DirectionalLight(0xffffff, 2.5);
  private readonly sky = new HemisphereLight(0xffffff, 0x9aa5b1, 1.7);
  private changed = true;
  /** Of the newest picture whose shadows were drawn with it. */
  drawCalls = 0;
  private waiting = true;
  private slowMs = 0;
  private lastShadowMs = 0;
  /** The picture that stands was made with the shadows of an earlier one. */
  private shadowsLate = false;
  /** Screen frames for which the picture was up to date. */
  private frameTimes: number[] = [];

  /** Throws when the browser has no WebGL. `onFrame` says whether what it moved must be drawn. */
  constructor(
    private readonly container: HTMLElement,
    readonly scene: Scene,
    private readonly onFrame: () => boolean,
    private readonly onDrawn: () => void,
    private readonly software: boolean,
  ) {
    this.renderer = new WebGLRenderer({ antialias: !this.software, powerPreference: "high-performance" });
    this.renderer.setPixelRatio(this.software ? 1 : Math.min(devicePixelRatio, 2));
    // Asking for the outcome of each shader makes the page wait for it; a fault shows in development.
    this.renderer.debug.checkShaderErrors = import.meta.env.DEV;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.autoUpdate = !this.software;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.renderer.toneMapping = NeutralToneMapping;
    const gl = this.renderer.getContext();
    if (!(gl instanceof WebGL2RenderingContext)) throw new Error("no WebGL 2");
    this.pacer = new DrawPacer(gl, this.software);
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "3D view of the robot");
    container.append(this.canvas);
    this.camera.position.set(1.8, -1.6, 1.3);
    this.controls = new OrbitControls(this.camera, this.canvas);
    this.controls.enableDamping = true;
    this.controls.dampingFactor = 0.18;
    this.controls.target.set(0, 0, 0.35);
    this.controls.minDistance = 0.05;
    this.controls.maxDistance = 60;
    this.controls.addEventListener("change", () => this.requestDraw());
    this.light();
    this.scene.add(this.ground.root);
    new ResizeObserver(() => this.resize()).observe(container);
    this.resize();
    this.renderer.setAnimationLoop((nowMs) => this.frame(nowMs));
    setTimeout(() => this.begin(), waitForRobotMs);
  }

  /** There is something to see: from now on pictures are made. */
  begin(): void {
    this.waiting = false;
    this.requestDraw();
  }

  get canvas(): HTMLCanvasElement {
    return this.renderer.domElement;
  }

  /** Screen frames a second at which the picture keeps up with the robot. */
  get fps(): number {
    const first = this.frameTimes[0];
    const last = this.frameTimes[this.frameTimes.length - 1];
    if (first === undefined || last === undefined || last - first < 1) return 0;
    return ((this.frameTimes.length - 1) * 1000) / (last - first);
  }

  readonly requestDraw = (): void => {
    this.changed = true;
  };

  setDark(dark: boolean): void {
    this.scene.background = new Color(dark ? 0x16191d : 0xf1f3f5);
    this.ground.setDark(dark);
    this.sky.intensity = dark ? 1.5 : 1.9;
    this.requestDraw();
  }

  /** Light and shadow go with the robot, wherever it drives. */
  center(x: number, y: number): void {
    this.ground.follow(x, y);
    this.sun.position.set(x + 1.6, y - 1.2, 3.2);
    this.sun.target.position.set(x, y, 0);
  }

  /** The camera's pose in the scene (a matrix by columns), its field of view in rad, and where the view is on the page in CSS pixels. */
  seenFrom() {
    this.camera.updateMatrixWorld();
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const fieldOfView = (this.camera.fov * Math.PI) / 180;
    return { pose: this.camera.matrixWorld.toArray(), fieldOfView, left, top, width, height };
  }

  /** The picture as it is now, as PNG. */
  picture(): Promise<Blob | null> {
    this.renderer.render(this.scene, this.camera);
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
  }

  private light(): void {
    this.sun.castShadow = true;
    this.sun.shadow.mapSize.set(1024, 1024);
    this.sun.shadow.radius = 4;
    this.sun.shadow.bias = -0.0004;
    this.sun.shadow.normalBias = 0.01;
    const reach = { left: -shadowReach, right: shadowReach, top: shadowReach, bottom: -shadowReach };
    Object.assign(this.sun.shadow.camera, reach, { near: 0.5, far: 8 });
    const rim = new DirectionalLight(0xe9eefc, 0.9);
    rim.position.set(-1, 2, 0.8);
    this.scene.add(this.sky, this.sun, this.sun.target, rim);
    this.center(0, 0);
  }

  private frame(nowMs: number): void {
    if (this.onFrame()) this.changed = true;
    this.controls.update();
    if (this.waiting) return;
    const shadowsDue = this.software && nowMs - this.lastShadowMs > softwareShadowMs;
    if (this.shadowsLate && shadowsDue) this.changed = true;
    if (this.changed && !this.pacer.mayDraw(nowMs)) return;
    this.frameTimes.push(nowMs);
    if (this.frameTimes.length > 60) this.frameTimes.shift();
    if (!this.changed) return;
    this.changed = false;
    this.shadowsLate = this.software && !shadowsDue;
    if (shadowsDue) {
      this.lastShadowMs = nowMs;
      this.renderer.shadowMap.needsUpdate = true;
    }
    this.renderer.render(this.scene, this.camera);
    if (shadowsDue || !this.software) this.drawCalls = this.renderer.info.render.calls;
    this.pacer.begun(nowMs);
    this.onDrawn();
    this.spareWeakMachines();
  }

  /** A machine that cannot keep up gets fewer pixels: motion matters more than edges. */
  private spareWeakMachines(): void {
    const { lastDrawMs } = this.pacer;
    // The first pictures compile shaders and say nothing of the machine.
    if (lastDrawMs > 500) return;
    this.slowMs = Math.max(0, this.slowMs + (lastDrawMs > slowDrawMs ? lastDrawMs : -slowDrawMs));
    const ratio = this.renderer.getPixelRatio();
    if (this.slowMs < slowForMs || ratio <= leastPixelRatio) return;
    this.slowMs = 0;
    this.renderer.setPixelRatio(Math.max(leastPixelRatio, ratio * 0.75));
    this.requestDraw();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.container;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.renderer.setSize(clientWidth, clientHeight);
    this.camera.aspect = clientWidth / clientHeight;
    this.camera.updateProjectionMatrix();
    // A canvas that was resized is empty; without waiting there is no flicker.
    if (!this.waiting) this.renderer.render(this.scene, this.camera);
  }
}
