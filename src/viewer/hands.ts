import type { Object3D } from "three";
import type { Platform } from "../client/platform.ts";
import type { ServerAddress } from "../client/server-address.ts";
import { Signal } from "../client/signal.ts";
import { yawOf } from "../core/yaw.ts";
import type { Driver } from "./drive/driver.ts";
import { fullSpeed, toolSpeed } from "./drive/full-speed.ts";
import type { PadAim } from "./drive/gamepad-motion.ts";
import { GamepadWatch } from "./drive/gamepad-watch.ts";
import { GroundPlan } from "./drive/ground-plan.ts";
import { LeaseRequests } from "./drive/lease-requests.ts";
import { PlanDesk } from "./drive/plan-desk.ts";
import { drawnTimes, samplePlan } from "./drive/plan-sample.ts";
import { preciseShare } from "./drive/precise.ts";
import { reportPresence } from "./drive/presence.ts";
import { SceneDesk } from "./drive/scene-desk.ts";
import { SpeedOverride } from "./drive/speed-override.ts";
import type { TargetCheck } from "./drive/target-check.ts";
import { TaskDesk } from "./drive/task-desk.ts";
import type { Fleet } from "./scene/fleet.ts";
import { GroundAim } from "./scene/ground-aim.ts";
import type { GroundGoal } from "./scene/ground-heading.ts";
import { PlanLine } from "./scene/plan-line.ts";
import type { PlannedPose, RobotView } from "./scene/robot-view.ts";
import type { Stage } from "./scene/stage.ts";
import { hasMoveit } from "./store/control-extras.ts";
import { odometryFrame } from "./store/floor-frame.ts";
import type { PanelDocks } from "./store/panel-docks.ts";
import type { Targets } from "./store/targets.ts";
import type { TwinStore } from "./store/twin-store.ts";
import { followScene, Surroundings } from "./surroundings.ts";
import { TeachBook } from "./teach/teach-book.ts";
import type { ToolSession } from "./tool/tool-session.ts";
import type { PanelName } from "./ui/panel-names.ts";

/** What hands work on: the page. */
export type HandsPlace = {
  readonly address: ServerAddress;
  readonly store: TwinStore;
  readonly driver: Driver;
  readonly targets: Targets;
  readonly targetCheck: TargetCheck;
  readonly fleet: Fleet;
  readonly chosenRobot: Signal<string | null>;
  readonly docks: Pick<PanelDocks<PanelName>, "firstOf" | "now">;
  readonly selection: Signal<{ robot: string; joint: string | null } | null>;
};

/** Share of a joint's velocity limit at full deflection; rad/s or m/s where it has none. */
const jointShare = 0.25;
const velocityWithoutLimit = 0.5;

/** Points of the line that shows a tool's way. */
const tracePoints = 60;

/** Everything by which a person moves a robot beside sliders and pad: plans, tool, floor, gamepad, speed, lease. */
export class Hands {
  readonly plans: PlanDesk;
  readonly desk: TaskDesk;
  /** The way to the goal on the floor. */
  readonly groundPlan: GroundPlan;
  readonly requests: LeaseRequests;
  readonly override: SpeedOverride;
  readonly gamepad: GamepadWatch;
  /** %: what of the full speed the pad and the gamepad use for the base. */
  readonly padPercent = new Signal(40);
  /** The hand on the chosen robot's tool, once its panel was opened. */
  readonly tool = new Signal<ToolSession | null>(null);
  /** Why there is none. */
  readonly toolProblem = new Signal<string | null>(null);
  readonly scene: SceneDesk;
  ground: GroundAim | null = null;
  private surroundings: Surroundings | null = null;
  private readonly books = new Map<string, TeachBook>();
  private stage: Stage | null = null;
  private readonly line = new PlanLine();
  private readonly poses = new Map<string, PlannedPose>();
  private opening = 0;

  constructor(
    private readonly place: HandsPlace,
    private readonly platform: Platform,
  ) {
    const { driver, targets, store } = place;
    const mayPlay = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const controlOf = (id: string) => store.status.get()?.control.find(({ robot }) => robot === id);
    this.plans = new PlanDesk(driver, targets, mayPlay, (robot) => hasMoveit(controlOf(robot)));
    this.desk = new TaskDesk(driver);
    this.groundPlan = new GroundPlan(driver);
    this.groundPlan.state.subscribe(() => this.ground?.showWay(this.groundPlan.line()));
    this.requests = new LeaseRequests(driver.link, driver);
    this.override = new SpeedOverride(driver.link, platform, driver);
    this.gamepad = new GamepadWatch(driver, () => this.aim());
    // What is held must not go on with something else in hand.
    for (const signal of [place.docks.now, place.selection, place.chosenRobot])
      signal.subscribe(() => this.gamepad.interrupt());
    reportPresence(driver.link);
    this.scene = new SceneDesk(place.address, platform);
    followScene(this.scene, driver.link, store);
    this.plans.state.subscribe(() => this.drawPlan());
    driver.block.subscribe(() => {
      if (driver.block.get() === null) return;
      this.drop();
      this.requests.withdraw();
    });
    place.targetCheck.faults.subscribe(() => this.markGhosts());
    targets.changed.subscribe(() => this.markGhosts());
    store.status.subscribe(() => {
      for (const { robot, lease } of store.status.get()?.control ?? []) {
        this.requests.judge(robot, lease?.holder ?? null);
      }
    });
  }

  /** The 3D view is there. */
  mount(stage: Stage): void {
    this.stage = stage;
    this.ground = new GroundAim(stage, () => this.basePlace());
    this.surroundings = new Surroundings(this.scene, stage, (frame) => this.frameObject(frame));
    for (const signal of [this.place.fleet.robots, this.place.chosenRobot]) {
      signal.subscribe(() => this.surroundings?.show());
    }
  }

  /** What a frame of the surroundings is drawn as: the floor, a link of the chosen robot, its root where `frame` is null. */
  private frameObject(frame: string | null): Object3D | null {
    const robot = this.place.chosenRobot.get() ?? "";
    if (frame !== null && frame === odometryFrame(this.place.store, robot)) return this.stage?.scene ?? null;
    const view = this.place.fleet.views.get(robot);
    if (view === undefined) return null;
    return frame === null ? view.root : view.frameObject(frame);
  }

  /** Whether the chosen object of the surroundings has handles. */
  editScene(isEdited: boolean): void {
    this.surroundings?.edit(isEdited);
  }

  /** The named poses and sequences of a robot. */
  bookOf(robot: string): TeachBook {
    const known = this.books.get(robot);
    if (known !== undefined) return known;
    const book = new TeachBook(robot, this.place.address, this.platform);
    this.books.set(robot, book);
    return book;
  }

  /** Where the base of the chosen robot is on the floor of the view. */
  basePlace(): GroundGoal {
    const view = this.place.fleet.views.get(this.place.chosenRobot.get() ?? "");
    if (view === undefined) return { x: 0, y: 0, yaw: 0 };
    const { position, quaternion } = view.root;
    const { x, y, z, w } = quaternion;
    return { x: position.x, y: position.y, yaw: yawOf(x, y, z, w) };
  }

  /** The hand on the tool of `view`; the code for it is fetched when it is first wanted. */
  async takeTool(view: RobotView): Promise<void> {
    if (this.tool.get()?.view === view) return;
    const opening = ++this.opening;
    const { ToolSession } = await import("./tool/tool-session.ts");
    if (opening !== this.opening) return;
    this.tool.get()?.dispose();
    const { store, targets } = this.place;
    const id = view.id;
    const isDriven = (joint: string): boolean => {
      const joints = store.status.get()?.control.find(({ robot }) => robot === id)?.can.joints;
      return joints === undefined || joints.includes(joint);
    };
    const measured = (joint: string): number | null =>
      store.motion.newest(store.motion.facet(id, "reported")?.joints.get(joint)?.position ?? -1);
    try {
      const session = new ToolSession(view, { id, measured, isDriven }, targets, this.stage);
      session.hand.state.subscribe(() => this.markGhosts());
      this.tool.set(session);
      this.toolProblem.set(null);
    } catch (error) {
      this.tool.set(null);
      this.toolProblem.set(error instanceof Error ? error.message : String(error));
    }
  }

  /** True where the tool of `robot` is asked for a place that it cannot reach. */
  isOutOfReach(robot: string): boolean {
    const hand = this.tool.get()?.hand;
    return hand?.robot.id === robot && hand.state.get().reach?.isReached === false;
  }

  /** Where a shown plan has the joints of `robot`; null where none is shown. */
  planned(robot: string): PlannedPose | null {
    const state = this.plans.state.get();
    if (state.phase !== "planned" || state.order.robot !== robot) return null;
    let pose = this.poses.get(robot);
    if (pose === undefined) {
      pose = (joint) => this.plans.shown(robot, joint);
      this.poses.set(robot, pose);
    }
    return pose;
  }

  /** Before each picture. True when something that hands move has changed. */
  frame(nowMs: number): boolean {
    const { clock } = this.plans;
    const wasPlaying = clock.isPlaying;
    clock.advance(nowMs);
    const share = this.place.driver.precise.get() ? preciseShare : 1;
    const toolMoved = this.tool.get()?.frame(share) ?? false;
    this.surroundings?.setShare(share);
    return toolMoved || wasPlaying;
  }

  /** Esc: what was being asked for, and not sent, is dropped. */
  drop(): void {
    this.plans.drop();
    this.ground?.cancel();
  }

  /** Whether the pointer is on a handle, or sets a goal. */
  isPointing(): boolean {
    if (this.surroundings?.isPointed === true) return true;
    return this.ground?.isAiming.get() === true || this.tool.get()?.isPointed === true;
  }

  /** What the sticks of a gamepad move: the first open panel says what a person has in hand. */
  aim(): PadAim | null {
    const robot = this.place.chosenRobot.get();
    const tool = this.tool.get();
    const panel = this.place.docks.firstOf(["tool", "joints"]);
    if (panel === "tool" && tool !== null && tool.hand.robot.id === robot) {
      const { link, axes } = tool.hand.state.get();
      if (link === null) return null;
      const frame = axes === "own" ? link : tool.hand.kinematics.model.rootLink;
      return { kind: "tool", link, frame, ...toolSpeed };
    }
    const joint = panel === "joints" ? this.jointInHand() : null;
    if (joint !== null) return { kind: "joint", ...joint };
    const can = this.place.store.status.get()?.control.find((one) => one.robot === robot)?.can;
    if (can?.twist !== true) return null;
    const share = this.padPercent.get() / 100;
    return {
      kind: "base",
      speed: { linear: fullSpeed.linear * share, angular: fullSpeed.angular * share },
    };
  }

  private jointInHand(): { joint: string; velocity: number } | null {
    const selection = this.place.selection.get();
    const entry = this.place.fleet.robots.get().find(({ id }) => id === selection?.robot);
    if (entry?.model.phase !== "ready" || entry.id !== this.place.chosenRobot.get()) return null;
    const joint = entry.model.joints.find(({ name }) => name === selection?.joint);
    if (joint === undefined || joint.mimics !== null) return null;
    return { joint: joint.name, velocity: jointShare * (joint.maxVelocity || velocityWithoutLimit) };
  }

  /** Red: what would be refused, or cannot be reached. */
  private markGhosts(): void {
    const bad = new Set(Object.keys(this.place.targetCheck.faults.get()));
    for (const id of this.place.fleet.views.keys()) if (this.isOutOfReach(id)) bad.add(id);
    this.place.fleet.markGhosts(bad);
    this.stage?.requestDraw();
  }

  private drawPlan(): void {
    const state = this.plans.state.get();
    this.line.hide();
    this.stage?.requestDraw();
    if (state.phase !== "planned" || state.stale !== null) return;
    const { robot, link } = state.order;
    const view = this.place.fleet.views.get(robot);
    const tool = this.tool.get();
    const traced = link ?? (tool?.hand.robot.id === robot ? tool.hand.state.get().link : null);
    if (view === undefined || traced === null) return;
    const { points } = state.plan;
    const poses = drawnTimes(points, tracePoints).map(
      (time): PlannedPose =>
        (joint) =>
          samplePlan(points, time, joint),
    );
    this.line.show(view.root, view.trace(traced, poses, this.place.store.motion));
  }
}
