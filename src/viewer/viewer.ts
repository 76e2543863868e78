import { Scene, Vector3 } from "three";
import type { ServerAddress } from "../client/server-address.ts";
import { Signal } from "../client/signal.ts";
import { StateLink } from "../client/state-link.ts";
import { Arrangement } from "./arrangement.ts";
import type { DesignSession } from "./design/design-session.ts";
import { watchDeadMan } from "./drive/dead-man.ts";
import { Driver } from "./drive/driver.ts";
import { TargetCheck } from "./drive/target-check.ts";
import { TargetSender } from "./drive/target-sender.ts";
import { Hands } from "./hands.ts";
import { followAccess } from "./net/access.ts";
import { readServerAddress } from "./net/address.ts";
import { browserName } from "./net/browser-name.ts";
import { pagePlatform } from "./net/page-platform.ts";
import { StoreFeed } from "./net/store-feed.ts";
import { storedPlotLines } from "./plots/plot-lines.ts";
import { RobotDress } from "./robot-dress.ts";
import { CameraMoves } from "./scene/camera-moves.ts";
import { drawsInSoftware } from "./scene/draw-pacer.ts";
import { Fleet } from "./scene/fleet.ts";
import { LayerSwitch } from "./scene/layer-switch.ts";
import { Picking } from "./scene/picking.ts";
import { Stage } from "./scene/stage.ts";
import { AlarmBoard } from "./store/alarm-board.ts";
import { BehindMeter } from "./store/behind-meter.ts";
import { Hints } from "./store/hints.ts";
import { PanelDocks } from "./store/panel-docks.ts";
import { type Settings, storedSettings } from "./store/settings.ts";
import { stopBelongs } from "./store/stop-belongs.ts";
import { Targets } from "./store/targets.ts";
import { Ticker } from "./store/ticker.ts";
import { TwinStore } from "./store/twin-store.ts";
import { Past, pastBlock } from "./time/past.ts";
import { TopicView } from "./topic-view.ts";
import { embedOptions } from "./ui/embed-options.ts";
import type { PanelName } from "./ui/panel-names.ts";

/** What is selected, everywhere at once: a link, and the joint that moves it. */
export type Selection = { robot: string; link: string; joint: string | null };

/** A page whose robot does not come is complete after this all the same. */
const plainForMs = 2500;
/** How often figures change, ms; new text is dear where a processor draws. */
const [textMs, slowTextMs] = [100, 250];

/** The page's parts, made once and wired. React draws from their signals and never owns them. */
export class Viewer {
  readonly address: ServerAddress = readServerAddress(location, sessionStorage, history);
  /** What of the page another page embeds; null: it stands for itself. */
  readonly embed = embedOptions(location.search);
  private readonly platform = pagePlatform(this.embed?.hasControls === false);
  readonly store = new TwinStore();
  readonly settings: Signal<Settings> = storedSettings(localStorage);
  readonly alarms = new AlarmBoard(this.store, localStorage);
  readonly hints = new Hints(localStorage);
  readonly targets = new Targets();
  readonly behind = new BehindMeter();
  readonly selection = new Signal<Selection | null>(null);
  /** The panels around the 3D view. */
  readonly docks = new PanelDocks<PanelName>("joints");
  readonly plotLines = storedPlotLines(localStorage);
  /** Whether the camera goes along with the chosen robot; at first it does: one that drives out of the picture helps nobody. */
  readonly following = new Signal(true);
  /** The robot whose panels are shown and that "Drive" asks for. */
  readonly chosenRobot = new Signal<string | null>(null);
  /** Whether there is a STOP and Space presses it. */
  readonly hasStop = new Signal(true);
  /** The design twin, where the server shows a description and no robot; fetched when it does. */
  readonly design = new Signal<DesignSession | null>(null);
  /** Why there is no 3D view; null when there is one. */
  readonly graphicsProblem = new Signal<string | null>(null);
  /** Why the server does not let this page in; null when it does or cannot be reached at all. */
  readonly accessProblem = new Signal<string | null>(null);
  /**
   * True until the robot is where a processor draws: such a machine is spared panels, rounded corners and
   * soft edges (page.css) meanwhile.
   */
  readonly plain = new Signal(false);
  private readonly software = drawsInSoftware();
  readonly ticker = new Ticker(this.software ? slowTextMs : textMs);
  readonly state = new StateLink(this.address, this.platform, new StoreFeed(this.store), {
    rateHz: 60,
    onConnected: () => void this.past.connected(),
  });
  readonly driver = new Driver(this.address, this.platform, () => this.holderName());
  readonly sender = new TargetSender(this.driver, this.targets);
  readonly targetCheck = new TargetCheck(this.driver, this.targets, () => this.chosenRobot.get());
  readonly past = new Past(this.address, this.platform, this.store, this.state, (message) =>
    this.driver.notice.set(message),
  );
  readonly fleet: Fleet;
  /** Plans, tool, floor, gamepad, speed and requests for the lease. */
  readonly hands: Hands;
  /** The topics of ROS that are looked at. */
  readonly topics: TopicView;
  readonly dress: RobotDress;
  readonly arrangement = new Arrangement(this);
  stage: Stage | null = null;
  camera: CameraMoves | null = null;
  /** performance.now() when the first robot was drawn with its meshes; null before. */
  visibleAtMs: number | null = null;
  private readonly scene = new Scene();
  private layers: LayerSwitch | null = null;
  private designAsked = false;

  constructor() {
    this.plain.subscribe(() => {
      document.documentElement.dataset.plain = String(this.plain.get());
    });
    this.plain.set(this.software);
    setTimeout(() => this.plain.set(false), plainForMs);
    this.fleet = new Fleet(this.address, this.store, this.scene, () => this.stage?.requestDraw());
    this.fleet.robots.subscribe(() => this.chooseFirstRobot());
    this.dress = new RobotDress(this, this.scene, () => this.stage?.requestDraw());
    this.topics = new TopicView(this, this.platform, localStorage);
    this.hands = new Hands(this, this.platform);
    watchDeadMan(() => this.driver.jog.release());
    this.store.status.subscribe(() => this.driver.judge(this.store.status.get()));
    for (const signal of [this.store.status, this.design]) signal.subscribe(() => this.judgeStop());
    this.store.design.subscribe(() => void this.followDesign());
    followAccess(this.address, this.state.socket.phase, this.accessProblem);
    this.ticker.subscribe(() => this.beat());
    const redraw = () => this.stage?.requestDraw();
    this.targets.changed.subscribe(redraw);
    this.settings.subscribe(() => {
      this.applyLayers();
      this.updateLooks();
      redraw();
    });
    this.selection.subscribe(() => this.updateLooks());
    this.past.isShown.subscribe(() => {
      this.targets.dropAll();
      this.driver.setBlock(this.past.isShown.get() ? pastBlock : null);
    });
    this.past.comparison.present.subscribe(() => {
      this.updateLooks();
      redraw();
    });
    this.past.begin();
    // What is embedded is arranged by the page around it.
    if (this.embed === null) this.arrangement.begin();
  }

  /** Puts the 3D view into `container`. Without WebGL the panels work on their own. */
  mount(container: HTMLElement): void {
    try {
      this.stage = new Stage(
        container,
        this.scene,
        () => this.frame(),
        () => this.drawn(),
        this.software,
      );
    } catch {
      this.graphicsProblem.set(
        "WebGL is not available in this browser, so there is no 3D view. Numbers and controls work.",
      );
      return;
    }
    this.layers = new LayerSwitch(this.address, this.stage, this.fleet);
    this.camera = new CameraMoves(this.stage, this.following);
    this.hands.mount(this.stage);
    this.topics.mount(this.stage, this.software);
    const isTaken = () => this.hands.isPointing();
    new Picking(this.stage, this.fleet, (robot, link) => this.select(robot, link), isTaken);
    this.fleet.onComplete = (view) => {
      this.design.get()?.adopt(view);
      this.applyLayers();
      this.updateLooks();
      this.frame();
      if (this.visibleAtMs === null) this.camera?.begin(this.fleet.bounds());
      this.stage?.begin();
    };
  }

  /** Selects a link and the joint that moves it; null for nothing. */
  select(robot: string, link: string | null): void {
    if (link === null) {
      this.selection.set(null);
      return;
    }
    const model = this.fleet.robots.get().find((entry) => entry.id === robot)?.model;
    const joint = model?.phase === "ready" ? model.joints.find((one) => one.childLink === link) : undefined;
    this.chosenRobot.set(robot);
    this.selection.set({ robot, link, joint: joint?.name ?? null });
    this.design.get()?.twin.chooseEndEffector(link);
  }

  /** How others see this page: the name that was given, else the browser and its system. */
  holderName(): string {
    return this.settings.get().holder.trim() || browserName(navigator.userAgent);
  }

  private frame(): boolean {
    // A design's pose changes by hand alone, and asks for its picture then.
    if (this.design.get() !== null) return false;
    const timeMs = this.state.moment();
    if (timeMs === null) return false;
    this.store.motion.advance(timeMs);
    const { comparison, meter } = this.past;
    comparison.advance();
    const present = comparison.present.get();
    const { layers } = this.settings.get();
    let moved = this.hands.frame(performance.now());
    for (const view of this.fleet.views.values()) {
      const targets = this.targets.of(view.id);
      const isMoved =
        present === null
          ? view.update(this.store, targets, layers, this.hands.planned(view.id))
          : view.compare(present, this.store.motion, layers);
      moved ||= isMoved;
    }
    moved = this.dress.step(timeMs) || moved;
    if (!moved) meter.drawn(performance.now());
    const chosen = this.fleet.views.get(this.chosenRobot.get() ?? "");
    if (chosen && this.stage) {
      chosen.root.getWorldPosition(basePosition);
      this.stage.center(basePosition.x, basePosition.y);
      this.camera?.followTo(basePosition);
    }
    return moved;
  }

  private applyLayers(): void {
    const { layers } = this.settings.get();
    // A design twin has layers of its own.
    const shown = this.design.get() === null ? layers : { ...layers, frames: false, collision: false };
    this.layers?.apply(shown, this.store.things.get());
  }

  private drawn(): void {
    this.past.meter.drawn(performance.now());
    if (this.visibleAtMs !== null || this.fleet.views.size === 0) return;
    this.visibleAtMs = performance.now();
    performance.mark("twin-robot-visible");
    this.plain.set(false);
  }

  private beat(): void {
    const { motion } = this.store;
    motion.serverHeard = this.state.heard;
    const [newest, serverMs] = [motion.buffer.newest, this.state.serverTime()];
    if (newest && serverMs !== null && !motion.isPast)
      this.behind.add(performance.now(), Math.max(0, serverMs - newest.time));
    if (!this.stage || document.visibilityState === "hidden") {
      const timeMs = this.state.moment();
      if (timeMs !== null) this.store.motion.advance(timeMs);
    }
    if (this.settings.get().layers.frames) this.applyLayers();
    this.updateLooks();
  }

  private updateLooks(): void {
    const design = this.design.get();
    if (design !== null) {
      design.select(this.selection.get()?.link ?? null);
      return;
    }
    const present = this.past.comparison.present.get();
    const timeMs = present === null ? this.state.moment() : this.state.serverTime();
    if (timeMs === null) return;
    if (this.dress.update((present ?? this.store).motion, timeMs)) this.stage?.requestDraw();
  }

  private judgeStop(): void {
    const isForReading = this.embed?.hasControls === false;
    this.hasStop.set(
      !isForReading && stopBelongs(this.design.get() !== null, this.store.status.get()?.control ?? []),
    );
  }

  /** The page fetches what shows a design only when the server announces one. */
  private async followDesign(): Promise<void> {
    const report = this.store.design.get();
    if (report === null) {
      // A robot's server answers at this address now: its page has nothing of the design's.
      if (this.designAsked) location.reload();
      return;
    }
    this.design.get()?.takeReport(report);
    if (this.designAsked) return;
    this.designAsked = true;
    const { DesignSession } = await import("./design/design-session.ts");
    const session = new DesignSession(this.address, () => this.stage?.requestDraw());
    session.takeReport(this.store.design.get() ?? report);
    this.design.set(session);
    for (const view of this.fleet.views.values()) session.adopt(view);
    this.applyLayers();
    this.updateLooks();
  }

  private chooseFirstRobot(): void {
    const robots = this.fleet.robots.get();
    if (robots.some((entry) => entry.id === this.chosenRobot.get())) return;
    this.chosenRobot.set(robots[0]?.id ?? null);
  }
}

const basePosition = new Vector3();
