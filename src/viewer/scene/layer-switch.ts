import type { ServerAddress } from "../../client/server-address.ts";
import { ownValue } from "../../core/own-value.ts";
import type { Layers } from "../store/settings.ts";
import type { Things } from "../store/twin-store.ts";
import { CollisionShapes } from "./collision-shapes.ts";
import type { Fleet } from "./fleet.ts";
import { FrameAxes } from "./frame-axes.ts";
import type { RobotView } from "./robot-view.ts";
import type { Stage } from "./stage.ts";

type Extras = { view: RobotView; collision: CollisionShapes; frames: FrameAxes | null };

/** Shows and hides what is drawn beside the robots, and makes it when it is first wanted. */
export class LayerSwitch {
  private readonly extras = new Map<string, Extras>();

  constructor(
    private readonly address: ServerAddress,
    private readonly stage: Stage,
    private readonly fleet: Fleet,
  ) {}

  /** To be called when layers or robots changed, and now and then for frames that move. */
  apply(layers: Layers, things: Things): void {
    this.stage.ground.grid.visible = layers.grid;
    this.stage.ground.axes.visible = layers.axes;
    for (const [id, view] of this.fleet.views) {
      const extras = this.extrasOf(id, view);
      extras.collision.show(layers.collision);
      if (layers.frames && !extras.frames) {
        extras.frames = new FrameAxes(view);
        this.stage.requestDraw();
      } else if (!layers.frames && extras.frames) {
        extras.frames.dispose();
        extras.frames = null;
        this.stage.requestDraw();
      }
      extras.frames?.update(ownValue(things, id), this.stage.scene);
    }
  }

  /** A robot that was loaded anew starts with none of the old one's extras. */
  private extrasOf(id: string, view: RobotView): Extras {
    const known = this.extras.get(id);
    if (known?.view === view) return known;
    known?.collision.dispose();
    known?.frames?.dispose();
    const collision = new CollisionShapes(this.address, view, this.stage.requestDraw);
    const extras: Extras = { view, collision, frames: null };
    this.extras.set(id, extras);
    return extras;
  }
}
