import type { ServerAddress } from "../../client/server-address.ts";
import type { DesignReport } from "../../protocol/state-messages.ts";
import type { RobotView } from "../scene/robot-view.ts";
import { DesignTwin } from "./design-twin.ts";
import { DesignView } from "./design-view.ts";

/** For tests and scripts: positions in rad and m, as the model has them; the centre of mass in the root frame. */
export type DesignReading = {
  joints: Record<string, number | number[]>;
  /** m; null when nothing has a mass. */
  centerOfMass: number[] | null;
  /** kg. */
  mass: number;
};

/** The design twin and its robot in the scene. */
export class DesignSession {
  readonly twin = new DesignTwin();
  private view: DesignView | null = null;

  constructor(
    private readonly address: ServerAddress,
    private readonly requestDraw: () => void,
  ) {
    this.twin.state.subscribe(() => {
      const state = this.twin.state.get();
      if (state?.model === this.view?.model && state !== null) this.view?.place(state);
      requestDraw();
    });
    this.twin.layers.subscribe(() => {
      this.view?.show(this.twin.layers.get());
      requestDraw();
    });
  }

  takeReport(report: DesignReport): void {
    if (report.revision !== this.twin.report.get()?.revision) this.twin.report.set(report);
  }

  /** Takes a robot that stands whole in the scene, in place of the one before. */
  adopt(view: RobotView): void {
    this.view?.dispose();
    this.view = null;
    const model = this.twin.load(view.model.text);
    const state = this.twin.state.get();
    if (model === null || state === null) return;
    this.view = new DesignView(view, state, this.address, this.requestDraw);
    this.view.show(this.twin.layers.get());
    this.select(null);
    this.requestDraw();
  }

  select(link: string | null): void {
    if (this.view?.view.showSelected(link)) this.requestDraw();
  }

  /** Null before the first description. */
  reading(): DesignReading | null {
    const state = this.twin.state.get();
    if (state === null) return null;
    const { model, pose } = state;
    const joints: DesignReading["joints"] = Object.create(null);
    for (const joint of model.joints) {
      const numbers = pose.numbersOf(joint);
      const [only] = numbers;
      if (only !== undefined) joints[joint.name] = numbers.length === 1 ? only : numbers;
    }
    return { joints, centerOfMass: pose.hasMass ? [...pose.centerOfMass] : null, mass: pose.mass };
  }
}
