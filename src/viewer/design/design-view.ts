import { type Mesh, type Object3D, Sphere } from "three";
import type { ServerAddress } from "../../client/server-address.ts";
import { ownValue } from "../../core/own-value.ts";
import type { RobotModel } from "../../robot/model.ts";
import { transformSize } from "../../robot/rigid-transform.ts";
import { CollisionShapes } from "../scene/collision-shapes.ts";
import type { RobotView } from "../scene/robot-view.ts";
import type { DesignLayers } from "./design-layers.ts";
import { axisMark, centerMark, disposeMark, frameMark, inertiaMark, linkCenterMark } from "./design-marks.ts";
import type { DesignState } from "./design-twin.ts";

type MarkLayer = "linkCenters" | "inertia" | "axes" | "frames";
type Marks = Record<MarkLayer, Object3D[]>;

/**
 * A robot in the scene that stands as the model says. Its links hang side by side below the root, each placed
 * by the model's forward kinematics; three.js computes no pose.
 */
export class DesignView {
  private readonly marks: Marks = { linkCenters: [], inertia: [], axes: [], frames: [] };
  private readonly made = new Set<MarkLayer>();
  private readonly center: Mesh;
  private readonly collision: CollisionShapes;
  private readonly size: number;

  constructor(
    readonly view: RobotView,
    private readonly state: DesignState,
    address: ServerAddress,
    requestDraw: () => void,
  ) {
    view.detachLinks();
    placeLinks(view, state);
    const reach = view.bounds().getBoundingSphere(new Sphere()).radius;
    this.size = Number.isFinite(reach) && reach > 0 ? Math.min(10, Math.max(0.02, reach)) : 0.5;
    this.center = centerMark(this.size * 0.04);
    view.root.add(this.center);
    this.collision = new CollisionShapes(address, view, requestDraw);
    this.place(state);
  }

  get model(): RobotModel {
    return this.state.model;
  }

  /** Moves everything to the pose. */
  place(state: DesignState): void {
    placeLinks(this.view, state);
    this.center.position.fromArray(state.pose.centerOfMass);
  }

  /** Shows and hides layers; one is made when it is first wanted. */
  show(layers: DesignLayers): void {
    for (const layer of ["linkCenters", "inertia", "axes", "frames"] as const) {
      if (layers[layer] && !this.made.has(layer)) this.make(layer);
      for (const mark of this.marks[layer]) mark.visible = layers[layer];
    }
    this.center.visible = layers.centerOfMass && this.state.pose.hasMass;
    this.view.showVisuals(layers.visuals);
    this.collision.show(layers.collision);
  }

  /** To be called before the robot's own view is disposed of. */
  dispose(): void {
    this.collision.dispose();
    for (const mark of [...Object.values(this.marks).flat(), this.center]) disposeMark(mark);
  }

  private make(layer: MarkLayer): void {
    this.made.add(layer);
    const { model } = this.state;
    for (const [index, name] of model.links.entries()) {
      const mark = this.markOf(layer, index);
      if (mark === null) continue;
      ownValue(this.view.measured.links, name)?.add(mark);
      this.marks[layer].push(mark);
    }
  }

  private markOf(layer: MarkLayer, link: number): Object3D | null {
    const { model } = this.state;
    switch (layer) {
      case "linkCenters":
        return linkCenterMark(model, link, this.size * 0.022);
      case "inertia":
        return inertiaMark(model, link);
      case "axes":
        return axisMark(model, link, this.size * 0.3);
      case "frames":
        return frameMark(this.size * 0.12);
    }
  }
}

function placeLinks(view: RobotView, { model, pose }: DesignState): void {
  for (const [index, name] of model.links.entries()) {
    view.placeLink(name, pose.data.rootFromLink, transformSize * index);
  }
  view.root.updateMatrixWorld(true);
}
