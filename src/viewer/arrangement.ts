import { Signal } from "../client/signal.ts";
import type { Driver } from "./drive/driver.ts";
import type { Layout, LayoutView } from "./layout/layout.ts";
import type { LayoutShelf } from "./layout/layout-shelf.ts";
import { ViewHistory } from "./layout/view-history.ts";
import { followLayoutLink } from "./layout-address.ts";
import type { PlotLine } from "./plots/plot-line.ts";
import type { CameraMoves, CameraPoints } from "./scene/camera-moves.ts";
import type { Fleet } from "./scene/fleet.ts";
import type { Docks, PanelDocks } from "./store/panel-docks.ts";
import type { Settings } from "./store/settings.ts";
import type { Past } from "./time/past.ts";
import type { TopicView } from "./topic-view.ts";
import type { TopicLookRow } from "./topics/topic-looks.ts";
import { type PanelName, panels } from "./ui/panel-names.ts";
import { watchGestures } from "./view-gestures.ts";

type Selected = { robot: string; link: string };

/** What of the page is arranged. It has no way to a robot: what is not in here cannot be changed by a layout. */
export type ArrangedPage = {
  readonly docks: PanelDocks<PanelName>;
  readonly settings: Signal<Settings>;
  readonly chosenRobot: Signal<string | null>;
  readonly selection: Signal<Selected | null>;
  readonly following: Signal<boolean>;
  readonly plotLines: Signal<readonly PlotLine[]>;
  readonly past: Pick<Past, "timeline">;
  readonly topics: Pick<TopicView, "desk">;
  readonly fleet: Pick<Fleet, "robots" | "bounds">;
  readonly camera: CameraMoves | null;
  readonly driver: Pick<Driver, "driving" | "notice">;
  select(robot: string, link: string | null): void;
};

/** What the steps back and forth are made of. */
type ViewState = {
  robot: string | null;
  following: boolean;
  camera: CameraPoints | null;
  docks: Docks<PanelName>;
  panelWidth: number;
  lowerShare: number;
  bottomHeight: number;
  layers: Settings["layers"];
  angles: Settings["angles"];
  plots: readonly PlotLine[];
  spanMs: number;
  topics: readonly string[];
  looks: readonly TopicLookRow[];
  selected: Selected | null;
};

/** How a person arranged the page: read as a layout, set from one, and stepped back and forth. */
export class Arrangement {
  readonly steps = new ViewHistory<ViewState>(
    () => this.state(),
    (part) => this.set(part),
  );

  /** The layouts that are kept; null: they were not opened yet. */
  readonly shelf = new Signal<LayoutShelf | null>(null);
  readonly panels = panels.map(({ name }) => name);

  constructor(private readonly page: ArrangedPage) {}

  /** From now on steps are made, and links are followed. */
  begin(): void {
    watchGestures(this.steps, () => this.page.camera?.rest());
    followLayoutLink(this, (sentence) => this.page.driver.notice.set(sentence));
  }

  /** The page as it is now. It names its robot only where there are several. */
  layout(): Layout {
    const { selected, camera, following, robot, docks, lowerShare, bottomHeight, ...rest } = this.state();
    const { right: panel, lower, bottom } = docks;
    const more =
      lower === null && bottom === null ? {} : { docks: { lower, bottom, lowerShare, bottomHeight } };
    const isOneOfSeveral = this.page.fleet.robots.get().length > 1;
    return { ...rest, panel, ...more, robot: isOneOfSeveral ? robot : null, view: this.view() };
  }

  /** Fetches the code for layouts that are kept, and reads them. */
  async openShelf(): Promise<void> {
    if (this.shelf.get() !== null) return;
    const { LayoutShelf: Shelf } = await import("./layout/layout-shelf.ts");
    this.shelf.update((now) => now ?? new Shelf(localStorage, this.panels));
  }

  /** Whether this page has the lease, or asks for it. */
  drives(): boolean {
    return this.page.driver.driving.get().phase !== "none";
  }

  /** Whether the robot of a layout is here. */
  hasRobotOf({ robot }: Layout): boolean {
    const robots = this.page.fleet.robots.get();
    return robot === null ? robots.length > 0 : robots.some(({ id }) => id === robot);
  }

  /** Arranges the page, as one step; where it cannot, changes nothing and returns why. While this page drives, its robot stays. */
  show(layout: Layout): string | null {
    if (layout.robot !== null && !this.hasRobotOf(layout))
      return `it is for the robot “${layout.robot}”, which is not here`;
    this.steps.end();
    this.steps.begin();
    const { view, panel, docks, ...rest } = layout;
    const { lower = null, bottom = null, ...sizes } = docks ?? {};
    const places = { right: this.known(panel), lower: this.known(lower), bottom: this.known(bottom) };
    this.set({ ...rest, ...sizes, docks: places });
    if (view !== null) {
      this.page.following.set(view.follow);
      this.page.camera?.show("preset" in view ? view.preset : view, this.page.fleet.bounds());
    }
    this.steps.end();
    return null;
  }

  private known(panel: string | null): PanelName | null {
    return this.panels.find((name) => name === panel) ?? null;
  }

  private view(): LayoutView | null {
    const { camera } = this.page;
    if (camera === null) return null;
    const follow = this.page.following.get();
    const preset = camera.preset();
    return preset === null ? { follow, ...camera.points() } : { follow, preset };
  }

  private state(): ViewState {
    const { page } = this;
    const { panelWidth, lowerShare, bottomHeight, layers, angles } = page.settings.get();
    const selection = page.selection.get();
    const { looks } = page.topics.desk;
    const shown = page.topics.desk.shown.get();
    return {
      robot: page.chosenRobot.get(),
      following: page.following.get(),
      camera: page.camera?.points() ?? null,
      docks: page.docks.now.get(),
      panelWidth,
      lowerShare,
      bottomHeight,
      layers,
      angles,
      plots: page.plotLines.get(),
      spanMs: page.past.timeline.range.get().spanMs,
      topics: shown,
      looks: looks.rows(shown),
      selected: selection === null ? null : { robot: selection.robot, link: selection.link },
    };
  }

  /** The robot comes first: what follows belongs to it. */
  private set(part: Partial<ViewState>): void {
    const { page } = this;
    const { robot, following, camera, docks, plots, spanMs, topics, looks, selected } = part;
    const now = page.settings.get();
    const { panelWidth = now.panelWidth, layers = now.layers, angles = now.angles } = part;
    const { lowerShare = now.lowerShare, bottomHeight = now.bottomHeight } = part;
    if (robot != null && this.mayShow(robot)) page.chosenRobot.set(robot);
    page.settings.set({ ...now, panelWidth, lowerShare, bottomHeight, layers, angles });
    if (docks !== undefined) page.docks.set(docks);
    if (plots !== undefined) page.plotLines.set(plots);
    if (spanMs !== undefined) page.past.timeline.range.update((range) => ({ ...range, spanMs }));
    const { desk } = page.topics;
    if (looks !== undefined) desk.looks.set(topics ?? desk.shown.get(), looks);
    if (topics !== undefined) desk.showOnly(topics);
    if (selected === null) page.selection.set(null);
    else if (selected !== undefined && this.mayShow(selected.robot))
      page.select(selected.robot, selected.link);
    if (following !== undefined) page.following.set(following);
    if (camera != null) page.camera?.show(camera, page.fleet.bounds());
  }

  /** Who drives must not find another robot in hand. */
  private mayShow(robot: string): boolean {
    if (this.drives() && robot !== this.page.chosenRobot.get()) return false;
    return this.page.fleet.robots.get().some(({ id }) => id === robot);
  }
}
