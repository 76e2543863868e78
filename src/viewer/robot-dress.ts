import type { Scene } from "three";
import { Signal } from "../client/signal.ts";
import type { Fleet } from "./scene/fleet.ts";
import { FrameTrail } from "./scene/frame-trail.ts";
import type { Motion } from "./store/motion.ts";
import type { Settings } from "./store/settings.ts";

type Selected = { robot: string; link: string };

export type DressedPage = {
  readonly fleet: Fleet;
  readonly settings: Signal<Settings>;
  readonly selection: Signal<Selected | null>;
};

/** What is drawn on the robots: doubt, selection, efforts, and the trail of a link. */
export class RobotDress {
  /** The link whose trail is drawn; null: none. */
  readonly traced = new Signal<Selected | null>(null);
  private trail: FrameTrail | null = null;

  constructor(
    private readonly page: DressedPage,
    private readonly scene: Scene,
    redraw: () => void,
  ) {
    this.traced.subscribe(redraw);
  }

  /** Judges the links by the numbers of `motion`, as they are at `timeMs` (server ms). True: the picture changes. */
  update(motion: Motion, timeMs: number): boolean {
    const { fleet, selection, settings } = this.page;
    const chosen = selection.get();
    const { efforts } = settings.get().layers;
    let isChanged = false;
    for (const view of fleet.views.values()) {
      const link = chosen?.robot === view.id ? chosen.link : null;
      isChanged = view.updateLooks(motion, timeMs, link, efforts) || isChanged;
    }
    return isChanged;
  }

  /** The trail goes on to where its link is drawn at `timeMs`. True: the picture changes. */
  step(timeMs: number): boolean {
    const wanted = this.traced.get();
    const view = wanted === null ? undefined : this.page.fleet.views.get(wanted.robot);
    const frame = wanted === null ? null : (view?.frameObject(wanted.link) ?? null);
    if (this.trail !== null && this.trail.frame !== frame) {
      this.trail.dispose();
      this.trail = null;
      if (frame === null) return true;
    }
    if (frame === null) return false;
    if (this.trail === null) {
      this.trail = new FrameTrail(frame);
      this.scene.add(this.trail.root);
    }
    return this.trail.take(timeMs);
  }

  /** The places of the trail, x y z after x y z in the odometry frame, m; null: none is drawn. */
  way(): Float32Array | null {
    return this.trail?.way ?? null;
  }
}
