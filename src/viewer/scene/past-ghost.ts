import { Group, Quaternion, Vector3 } from "three";
import type { URDFRobot } from "urdf-loader";
import { ownValue } from "../../core/own-value.ts";
import type { Motion } from "../store/motion.ts";
import { Ghost } from "./ghost.ts";
import { ghostColors } from "./robot-looks.ts";

/** A robot as it was at one moment, with the base where it stood then, over the robot as it is. */
export class PastGhost {
  /** To be put into the robot's own root, which moves with the base of the present. */
  readonly place = new Group();
  private readonly ghost: Ghost;

  constructor(measured: URDFRobot) {
    this.ghost = new Ghost(measured, ghostColors.past);
    this.place.add(this.ghost.root);
  }

  get isVisible(): boolean {
    return this.ghost.root.visible;
  }

  hide(): boolean {
    const { root } = this.ghost;
    const wasVisible = root.visible;
    root.visible = false;
    return wasVisible;
  }

  /** Joints with masters before those that mimic them. The root's world matrices must be fresh. */
  update(root: Group, robot: string, past: Motion, joints: readonly string[]): boolean {
    const facet = past.facet(robot, "reported");
    if (facet === undefined) return false;
    this.placeBase(root, past, facet.basePose);
    for (const name of joints) {
      const value = past.shown(facet.joints.get(name)?.position ?? -1);
      if (value !== null) ownValue(this.ghost.root.joints, name)?.setJointValue(value);
    }
    this.place.updateMatrixWorld();
    this.ghost.root.visible = this.ghost.showDifference();
    return this.ghost.root.visible;
  }

  private placeBase(root: Group, past: Motion, column: number): void {
    if (column < 0 || past.shown(column) === null) {
      this.place.position.set(0, 0, 0);
      this.place.quaternion.identity();
      return;
    }
    const at = (k: number): number => past.shown(column + k) ?? 0;
    back.copy(root.quaternion).invert();
    this.place.position
      .copy(there.set(at(0), at(1), at(2)))
      .sub(root.position)
      .applyQuaternion(back);
    this.place.quaternion.copy(back).multiply(turn.set(at(3), at(4), at(5), at(6)));
  }
}

const there = new Vector3();
const turn = new Quaternion();
const back = new Quaternion();
