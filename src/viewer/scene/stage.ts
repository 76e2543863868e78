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
import { Ground } from "./ground.ts";

// REP-103: z is up. Must stand before any object is made.
Object3D.DEFAULT_UP.set(0, 0, 1);

const slowFrameMs = 34;
/** The first pictures compile shaders and say nothing of the machine. */
const unjudgedFrames = 5;
const slowForMs = 900;
const leastPixelRatio = 0.6;
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
  private readonly sun = new DirectionalLight(0xffffff, 2.4);
  private readonly sky = new HemisphereLight(0xffffff, 0x8d99a6, 1.5);
  private changed = true;
  private waiting = true;
  private lastFrameMs = 0;
  private drawnFrames = 0;
  private slowMs = 0;
  private frameTimes: number[] = [];

  /** Throws when the browser has no WebGL. `onFrame` says whether what it moved must be drawn. */
  constructor(
    private readonly container: HTMLElement,
    readonly scene: Scene,
    private readonly onFrame: (nowMs: number) => boolean,
    private readonly onDrawn: (nowMs: number) => void,
  ) {
    this.renderer = new WebGLRenderer({ antialias: true, powerPreference: "high-performance" });
    this.renderer.setPixelRatio(this.isSoftware() ? 0.75 : Math.min(devicePixelRatio, 2));
    // Asking for the outcome of each shader makes the page wait for it; a fault shows in development.
    this.renderer.debug.checkShaderErrors = import.meta.env.DEV;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.renderer.toneMapping = NeutralToneMapping;
    this.renderer.domElement.setAttribute("role", "img");
    this.renderer.domElement.setAttribute("aria-label", "3D view of the robot");
    container.append(this.renderer.domElement);
    this.camera.position.set(1.8, -1.6, 1.3);
    this.controls = new OrbitControls(this.camera, this.renderer.domElement);
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

  /** Screen frames a second at which the loop runs. */
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
    this.sky.intensity = dark ? 1.25 : 1.7;
    this.requestDraw();
  }

  /** Light and shadow go with the robot, wherever it drives. */
  center(x: number, y: number): void {
    this.ground.follow(x, y);
    this.sun.position.set(x + 1.6, y - 1.2, 3.2);
    this.sun.target.position.set(x, y, 0);
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
    Object.assign(this.sun.shadow.camera, {
      left: -1.8,
      right: 1.8,
      top: 1.8,
      bottom: -1.8,
      near: 0.5,
      far: 8,
    });
    const rim = new DirectionalLight(0xe9eefc, 0.8);
    rim.position.set(-2, 2, 1.2);
    const front = new DirectionalLight(0xffffff, 0.7);
    front.position.set(2.5, 0.4, 0.6);
    this.scene.add(this.sky, this.sun, this.sun.target, rim, front);
    this.center(0, 0);
  }

  private frame(nowMs: number): void {
    const sinceLast = nowMs - this.lastFrameMs;
    this.lastFrameMs = nowMs;
    this.frameTimes.push(nowMs);
    if (this.frameTimes.length > 60) this.frameTimes.shift();
    const moved = this.onFrame(nowMs);
    this.controls.update();
    if (this.waiting || (!moved && !this.changed)) return;
    this.changed = false;
    this.renderer.render(this.scene, this.camera);
    this.onDrawn(nowMs);
    this.spareWeakMachines(sinceLast);
  }

  /** A machine that cannot keep up gets fewer pixels: motion matters more than edges. */
  private spareWeakMachines(frameMs: number): void {
    if (this.drawnFrames++ < unjudgedFrames || frameMs > 500) return;
    this.slowMs = Math.max(0, this.slowMs + (frameMs > slowFrameMs ? frameMs : -frameMs));
    const ratio = this.renderer.getPixelRatio();
    if (this.slowMs < slowForMs || ratio <= leastPixelRatio) return;
    this.slowMs = 0;
    this.renderer.setPixelRatio(Math.max(leastPixelRatio, ratio * 0.75));
    this.requestDraw();
  }

  /** Drawn by the processor, as in a virtual machine. */
  private isSoftware(): boolean {
    const gl = this.renderer.getContext();
    return /swiftshader|llvmpipe|software/i.test(String(gl.getParameter(gl.RENDERER)));
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.container;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.renderer.setSize(clientWidth, clientHeight);
    this.camera.aspect = clientWidth / clientHeight;
    this.camera.updateProjectionMatrix();
    this.requestDraw();
  }
}
