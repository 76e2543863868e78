import type { Object3D } from "three";
import type { Platform } from "../client/platform.ts";
import type { ServerAddress } from "../client/server-address.ts";
import { Signal } from "../client/signal.ts";
import { ownValue } from "../core/own-value.ts";
import type { LayerBoard } from "./layers/layer-board.ts";
import type { ViewFrames } from "./layers/layer-place.ts";
import type { Fleet } from "./scene/fleet.ts";
import { readTransform } from "./scene/frame-axes.ts";
import { MeshLibrary } from "./scene/mesh-library.ts";
import type { Stage } from "./scene/stage.ts";
import type { AlarmBoard } from "./store/alarm-board.ts";
import { odometryFrame } from "./store/floor-frame.ts";
import type { TwinStore } from "./store/twin-store.ts";
import { DiagnosticsWatch } from "./topics/diagnostic-alarms.ts";
import { RecordDesk } from "./topics/record-desk.ts";
import { RosDesk } from "./topics/ros-desk.ts";
import { TopicDesk } from "./topics/topic-desk.ts";
import { TopicVideos } from "./topics/topic-videos.ts";

/** When a first visit asks for what is to be shown, ms. */
const suggestAfterMs = 2500;

/** What of the page topics have to do with. */
export type TopicPage = {
  readonly address: ServerAddress;
  readonly store: TwinStore;
  readonly fleet: Fleet;
  readonly alarms: Pick<AlarmBoard, "more">;
};

/** The topics that a person looks at, and what of them is in the 3D view. The code for that is fetched when it is first wanted. */
export class TopicView {
  readonly desk: TopicDesk;
  readonly videos: TopicVideos;
  readonly ros: RosDesk;
  readonly records: RecordDesk;
  readonly board = new Signal<LayerBoard | null>(null);
  private isAsked = false;

  constructor(
    private readonly page: TopicPage,
    platform: Platform,
    storage: Storage,
  ) {
    const { address, store, alarms } = page;
    this.desk = new TopicDesk(address, platform, storage);
    this.videos = new TopicVideos(this.desk);
    new DiagnosticsWatch(this.desk, store.status, alarms.more).begin();
    this.ros = new RosDesk(address, platform);
    this.records = new RecordDesk(address, platform);
  }

  /** The 3D view is there. */
  mount(stage: Stage, isSpared: boolean): void {
    const begin = () => {
      if (this.isAsked || this.desk.shown.get().length === 0) return;
      this.isAsked = true;
      void import("./layers/layer-board.ts").then(({ LayerBoard: Board }) => {
        const meshes = new MeshLibrary(this.page.address);
        const frames = this.frames(stage.scene);
        this.board.set(new Board(this.desk, this.videos, frames, meshes, stage.requestDraw));
      });
    };
    this.desk.shown.subscribe(begin);
    begin();
    // The robot comes first; a machine whose processor draws is spared what nobody asked for.
    if (!isSpared) setTimeout(() => this.desk.beginVisit(), suggestAfterMs);
  }

  private frames(floor: Object3D): ViewFrames {
    const robots = (): string[] => [...this.page.fleet.views.keys()];
    return {
      objectOf: (frame) => {
        if (frame === "") return { object: floor, isFloor: true };
        for (const robot of robots()) {
          if (frame === odometryFrame(this.page.store, robot)) return { object: floor, isFloor: true };
        }
        for (const view of this.page.fleet.views.values()) {
          const object = view.frameObject(frame);
          if (object !== null) return { object, isFloor: false };
        }
        return null;
      },
      floorIn: (frame) => {
        for (const robot of robots()) {
          const floorName = odometryFrame(this.page.store, robot);
          const properties = ownValue(this.page.store.things.get(), robot)?.properties ?? {};
          const known = floorName === null ? undefined : ownValue(properties, `frame/${floorName}`);
          const transform = readTransform(known?.reported?.value);
          if (transform?.parent === frame) return [...transform.position, ...transform.quaternion];
        }
        return null;
      },
    };
  }
}
