import { Signal } from "../../client/signal.ts";
import type { DesignReport } from "../../protocol/state-messages.ts";
import { createModel, type ModelJoint, type RobotModel } from "../../robot/model.ts";
import { parseUrdf } from "../../robot/reading/urdf.ts";
import { type DesignLayers, standardLayers } from "./design-layers.ts";
import { DesignPose, farthestLink } from "./design-pose.ts";

/** What the panel and the picture are made from; replaced as a whole whenever any of it changes. */
export type DesignState = {
  model: RobotModel;
  pose: DesignPose;
  /** The link whose pose and manipulability are shown. */
  endEffector: number;
};

/** One description that a person poses: its model computes here in the page, nothing is sent. */
export class DesignTwin {
  readonly report = new Signal<DesignReport | null>(null);
  readonly layers = new Signal<DesignLayers>(standardLayers);
  /** Null before the first description. */
  readonly state = new Signal<DesignState | null>(null);
  /** Why the page cannot compute with the description; null when it can. */
  readonly problem = new Signal<string | null>(null);

  /** Takes a description; what joints of the same name had stays. */
  load(urdf: string): RobotModel | null {
    const { description, findings } = parseUrdf(urdf);
    if (description === null) {
      const error = findings.find((finding) => finding.severity === "error");
      this.problem.set(`${error?.element ?? "robot"}: ${error?.message ?? "there is no robot"}`);
      return null;
    }
    const model = createModel(description);
    const pose = new DesignPose(model);
    const before = this.state.get();
    if (before !== null) pose.takeFrom(before.pose);
    const named = before === null ? undefined : model.linkIndex.get(linkName(before));
    this.problem.set(null);
    this.state.set({ model, pose, endEffector: named ?? farthestLink(model) });
    return model;
  }

  setJoint(joint: ModelJoint, numbers: readonly number[]): void {
    const state = this.state.get();
    if (state?.pose.set(joint, numbers)) this.state.set({ ...state });
  }

  /** Poses the whole robot: `chance` gives numbers from 0 to 1. */
  take(which: "start" | "zero" | "random", chance: () => number): void {
    const state = this.state.get();
    if (state === null) return;
    if (which === "start") state.pose.toStart();
    else if (which === "zero") state.pose.toZero();
    else state.pose.toRandom(chance);
    this.state.set({ ...state });
  }

  /** Shows the figures of a link; a name that is no link's changes nothing. */
  chooseEndEffector(link: string): void {
    const state = this.state.get();
    const index = state?.model.linkIndex.get(link);
    if (state !== null && index !== undefined && index !== state.endEffector) {
      this.state.set({ ...state, endEffector: index });
    }
  }
}

function linkName({ model, endEffector }: DesignState): string {
  return model.links[endEffector] ?? "";
}
