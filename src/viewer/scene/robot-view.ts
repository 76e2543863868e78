import { Box3, Group, type Object3D, Quaternion, Vector3 } from "three";
import type { URDFRobot } from "urdf-loader";
import { ownValue } from "../../core/own-value.ts";
import type { Freshness } from "../store/freshness.ts";
import type { Motion } from "../store/motion.ts";
import type { JointInfo } from "../store/robot-catalog.ts";
import type { Layers } from "../store/settings.ts";
import type { JointTargets } from "../store/targets.ts";
import type { TwinStore } from "../store/twin-store.ts";
import { disposeTree } from "./dispose.ts";
import { Ghost } from "./ghost.ts";
import { loadOf } from "./joint-load.ts";
import { mergeByMaterial } from "./merge-meshes.ts";
import { MergedMaterials } from "./merged-materials.ts";
import { PastGhost } from "./past-ghost.ts";
import { ghostColors, type Look, loadLook, setLook } from "./robot-looks.ts";
import type { RobotModel } from "./robot-model.ts";

/** One robot in the scene: measured, desired and predicted, moved from the drawn numbers of `Motion`. */
export class RobotView {
  readonly root = new Group();
  readonly measured: URDFRobot;
  /** Masters before those that mimic them. */
  private readonly infos = new Map<string, JointInfo>();
  private readonly linkMeshes = new Map<string, Object3D[]>();
  private readonly looks = new Map<string, Look>();
  private desired: Ghost | null = null;
  private predicted: Ghost | null = null;
  /** The robot as it was once, over the present one; made when it is first asked for. */
  private past: PastGhost | null = null;

  constructor(
    readonly id: string,
    readonly model: RobotModel,
  ) {
    this.measured = model.urdf;
    this.root.add(this.measured);
    // Masters first: a mimic joint with a measured value of its own then overrides what its master gave it.
    const ordered = [...model.joints].sort((a, b) => Number(a.mimics !== null) - Number(b.mimics !== null));
    for (const info of ordered) this.infos.set(info.name, info);
  }

  /** To be called once all meshes are in: collects them by link and makes the ghosts of them. */
  complete(): void {
    const materials = new MergedMaterials();
    for (const [name, link] of Object.entries(this.measured.links)) {
      mergeVisuals(link, materials);
      const meshes: Object3D[] = [];
      for (const child of link.children) {
        if ("isURDFVisual" in child) child.traverse((object) => "isMesh" in object && meshes.push(object));
      }
      for (const mesh of meshes) {
        mesh.castShadow = true;
        mesh.receiveShadow = true;
        mesh.userData.link = name;
        mesh.userData.robot = this.id;
      }
      this.linkMeshes.set(name, meshes);
    }
    this.desired = new Ghost(this.measured, ghostColors.desired);
    this.predicted = new Ghost(this.measured, ghostColors.predicted);
    this.root.add(this.desired.root, this.predicted.root);
  }

  /** Whether the desired robot is drawn as one that would be refused. */
  markGhost(isBad: boolean): void {
    this.desired?.mark(isBad);
  }

  /** Moves everything to the drawn numbers; the computed robot to `planned`, where a plan is shown. Returns true when anything moved or (dis)appeared. */
  update(
    store: TwinStore,
    targets: JointTargets,
    layers: Layers,
    planned: PlannedPose | null = null,
  ): boolean {
    const { motion } = store;
    let moved = this.placeBase(motion);
    // Whoever compares shows it again in the same picture.
    if (this.past?.hide()) moved = true;
    moved = this.pose(this.measured, (name) => shownPosition(motion, this.id, "reported", name)) || moved;
    if (this.measured.visible !== layers.measured) {
      this.measured.visible = layers.measured;
      moved = true;
    }
    this.root.updateMatrixWorld();
    const wanted = (name: string) => ownValue(targets, name) ?? store.desiredPosition(this.id, name);
    moved = this.updateGhost(this.desired, layers.desired, motion, wanted) || moved;
    const computed = planned ?? ((name: string) => shownPosition(motion, this.id, "predicted", name));
    const isWished = planned !== null || layers.predicted;
    return this.updateGhost(this.predicted, isWished, motion, computed) || moved;
  }

  /** The way of `link` through the poses of a plan, x y z after x y z in the root's frame, m. Upsets the computed robot until the next `update`. */
  trace(link: string, poses: readonly PlannedPose[], motion: Motion): number[] {
    const ghost = this.predicted?.root;
    const traced = ghost && ownValue(ghost.links, link);
    if (!ghost || !traced) return [];
    this.root.updateWorldMatrix(true, false);
    return poses.flatMap((pose) => {
      this.pose(ghost, (name) => pose(name) ?? shownPosition(motion, this.id, "reported", name));
      ghost.updateMatrixWorld();
      return this.root.worldToLocal(traced.getWorldPosition(position)).toArray();
    });
  }

  /** The present as the solid robot, and a moment of the past as the only ghost. */
  compare(present: TwinStore, past: Motion, layers: Layers): boolean {
    const moved = this.update(present, noTargets, { ...layers, desired: false, predicted: false });
    if (this.past === null) {
      this.past = new PastGhost(this.measured);
      this.root.add(this.past.place);
    }
    return this.past.update(this.root, this.id, past, [...this.infos.keys()]) || moved;
  }

  /** A fixed joint is always known, a mimic joint as well as its master. */
  freshness(motion: Motion, joint: string, timeMs: number): Freshness {
    const info = this.infos.get(joint);
    if (!info) return "fresh";
    const facet = motion.facet(this.id, "reported");
    const column = facet?.joints.get(joint)?.position ?? -1;
    if (facet && column >= 0) return motion.freshness(column, timeMs);
    return info.mimics === null ? "unknown" : this.freshness(motion, info.mimics, timeMs);
  }

  /**
   * What a person should know of each link: worst freshness from the root down, what is selected, and with `efforts` what the joint
   * that moves it bears of its limit.
   */
  updateLooks(motion: Motion, timeMs: number, selectedLink: string | null, efforts = false): boolean {
    let changed = false;
    const facet = motion.facet(this.id, "reported");
    const base = facet?.basePose ?? -1;
    const baseLost = facet !== undefined && base >= 0 && motion.freshness(base, timeMs) === "stale";
    const freshness = (joint: string) => this.freshness(motion, joint, timeMs);
    // Doubt of the base's place ends at the first movable joint, doubt of a joint goes down to the tips.
    const visit = (link: Object3D, doubt: boolean, lost: boolean, load: number | null): void => {
      const plain: Look = load === null ? "own" : loadLook(load);
      const look: Look = doubt || lost ? "stale" : link.name === selectedLink ? "selected" : plain;
      if (this.looks.get(link.name) !== look) {
        this.looks.set(link.name, look);
        setLook(this.linkMeshes.get(link.name) ?? [], look);
        changed = true;
      }
      for (const joint of link.children) {
        if (!("isURDFJoint" in joint)) continue;
        const state = freshness(joint.name);
        const below = doubt || state === "stale" || state === "unknown";
        const info = this.infos.get(joint.name);
        // A link that is fixed to another is one body with it.
        const borne = !efforts ? null : info === undefined ? load : loadOf(motion, this.id, info);
        for (const child of joint.children) {
          if ("isURDFLink" in child) visit(child, below, lost && info === undefined, borne);
        }
      }
    };
    visit(this.measured, false, baseLost, null);
    return changed;
  }

  /** From here on no link carries another: each is placed by `placeLink`, and `update` is not to be called. */
  detachLinks(): void {
    for (const link of Object.values(this.measured.links)) {
      if (link !== this.measured) this.root.add(link);
      link.matrixAutoUpdate = false;
    }
  }

  /** Places a detached link: 12 numbers at `at`, rotation row by row, then position, in the root's frame. */
  placeLink(link: string, transforms: Float64Array, at: number): void {
    const object = ownValue(this.measured.links, link);
    if (!object) return;
    const t = (i: number): number => transforms[at + i] as number;
    object.matrix.set(t(0), t(1), t(2), t(9), t(3), t(4), t(5), t(10), t(6), t(7), t(8), t(11), 0, 0, 0, 1);
    object.matrixWorldNeedsUpdate = true;
  }

  /** What a link is drawn as; null where there is none of that name. */
  frameObject(link: string): Object3D | null {
    return ownValue(this.measured.links, link) ?? null;
  }

  showVisuals(shown: boolean): void {
    for (const link of Object.values(this.measured.links)) {
      for (const child of link.children) if ("isURDFVisual" in child) child.visible = shown;
    }
  }

  /** Every link in its own materials, but for the selected one. Returns true when that changed anything. */
  showSelected(selectedLink: string | null): boolean {
    let changed = false;
    for (const [name, meshes] of this.linkMeshes) {
      const look: Look = name === selectedLink ? "selected" : "own";
      if (this.looks.get(name) === look) continue;
      this.looks.set(name, look);
      setLook(meshes, look);
      changed = true;
    }
    return changed;
  }

  bounds(): Box3 {
    const box = new Box3();
    for (const meshes of this.linkMeshes.values()) for (const mesh of meshes) box.expandByObject(mesh);
    if (this.past?.isVisible) box.expandByObject(this.past.place);
    if (!box.isEmpty()) return box;
    // A robot without shapes is where its links are.
    for (const link of Object.values(this.measured.links)) box.expandByPoint(link.getWorldPosition(position));
    return box.expandByScalar(bareReach);
  }

  pickable(): Object3D[] {
    return [...this.linkMeshes.values()].flat();
  }

  dispose(): void {
    // So that the materials freed below are the robot's own.
    for (const meshes of this.linkMeshes.values()) setLook(meshes, "own");
    disposeTree(this.root);
    this.model.library.dispose();
  }

  private placeBase(motion: Motion): boolean {
    const column = motion.facet(this.id, "reported")?.basePose ?? -1;
    const at = (k: number) => motion.shown(column + k) ?? 0;
    if (column < 0 || motion.shown(column) === null) return false;
    position.set(at(0), at(1), at(2));
    turn.set(at(3), at(4), at(5), at(6));
    if (this.root.position.equals(position) && this.root.quaternion.equals(turn)) return false;
    this.root.position.copy(position);
    this.root.quaternion.copy(turn);
    return true;
  }

  private pose(robot: URDFRobot, position: (joint: string) => number | null): boolean {
    let moved = false;
    for (const name of this.infos.keys()) {
      const value = position(name);
      if (value !== null && ownValue(robot.joints, name)?.setJointValue(value)) moved = true;
    }
    return moved;
  }

  private updateGhost(
    ghost: Ghost | null,
    wished: boolean,
    motion: Motion,
    position: (joint: string) => number | null,
  ): boolean {
    if (!ghost) return false;
    const wasVisible = ghost.root.visible;
    const known = wished && [...this.infos.keys()].some((name) => position(name) !== null);
    let moved = false;
    if (known) {
      const filled = (name: string) => position(name) ?? shownPosition(motion, this.id, "reported", name);
      moved = this.pose(ghost.root, filled);
      ghost.root.updateMatrixWorld();
    }
    ghost.root.visible = known && ghost.showDifference();
    return wasVisible !== ghost.root.visible || (ghost.root.visible && moved);
  }
}

/** The visuals of a link as few meshes, in a visual of their own. */
function mergeVisuals(link: Object3D, materials: MergedMaterials): void {
  const visuals = link.children.filter((child) => "isURDFVisual" in child);
  const home = visuals[0]?.clone(false);
  if (home === undefined) return;
  home.name = "";
  home.position.set(0, 0, 0);
  home.quaternion.identity();
  home.scale.set(1, 1, 1);
  link.add(home);
  mergeByMaterial(link, visuals, home, materials);
  if (home.children.length === 0) home.removeFromParent();
}

/** Where a plan has a joint, rad or m; null for one that it does not move. */
export type PlannedPose = (joint: string) => number | null;

/** m around the links of a robot that has no shapes. */
const bareReach = 0.1;

const noTargets: JointTargets = Object.freeze({});

const position = new Vector3();
const turn = new Quaternion();

function shownPosition(
  motion: Motion,
  robot: string,
  facet: "reported" | "predicted",
  joint: string,
): number | null {
  const column = motion.facet(robot, facet)?.joints.get(joint)?.position ?? -1;
  return column < 0 ? null : motion.shown(column);
}
