import { Matrix4, type MeshStandardMaterial, type Object3D } from "three";
import type { URDFRobot } from "urdf-loader";
import { ownValue } from "../../core/own-value.ts";
import { isMesh } from "./mesh-formats.ts";
import { ghostColors, ghostMaterial } from "./robot-looks.ts";

/** Links nearer than this to the measured ones are not drawn twice: 2 mm, 0.4°. */
const sameMetres = 0.002;
const sameTurn = 0.007;

/** A translucent twin of the robot, of the same geometry, drawn only where it differs. */
export class Ghost {
  readonly root: URDFRobot;
  private readonly material: MeshStandardMaterial;
  private readonly links: { mine: Object3D; measured: Object3D; visuals: Object3D[] }[] = [];

  /** `measured` must have all its meshes; the ghost shares their geometry. */
  constructor(
    measured: URDFRobot,
    private readonly color: number,
  ) {
    this.root = measured.clone();
    const material = ghostMaterial(color);
    this.material = material;
    this.root.traverse((object) => {
      if (!isMesh(object)) return;
      object.material = material;
      object.userData = {};
      object.castShadow = false;
      object.receiveShadow = false;
      object.renderOrder = 1;
    });
    for (const joint of Object.values(this.root.joints)) joint.ignoreLimits = true;
    for (const [name, mine] of Object.entries(this.root.links)) {
      const original = ownValue(measured.links, name);
      const visuals = mine.children.filter((child) => "isURDFVisual" in child);
      if (original && visuals.length > 0) this.links.push({ mine, measured: original, visuals });
    }
    this.root.visible = false;
  }

  /** Red where it cannot be gone to, else in its own colour. */
  mark(isBad: boolean): void {
    const color = isBad ? ghostColors.refused : this.color;
    this.material.color.set(color);
    this.material.emissive.set(color);
  }

  /** Both robots' world matrices must be fresh. Returns true when anything of the ghost is to be seen. */
  showDifference(): boolean {
    let any = false;
    for (const { mine, measured, visuals } of this.links) {
      const differs = posesDiffer(mine.matrixWorld, measured.matrixWorld);
      for (const visual of visuals) visual.visible = differs;
      any ||= differs;
    }
    return any;
  }
}

const difference = new Matrix4();

function posesDiffer(a: Matrix4, b: Matrix4): boolean {
  const moved = Math.hypot(
    (a.elements[12] ?? 0) - (b.elements[12] ?? 0),
    (a.elements[13] ?? 0) - (b.elements[13] ?? 0),
    (a.elements[14] ?? 0) - (b.elements[14] ?? 0),
  );
  if (moved > sameMetres) return true;
  const e = difference.copy(a).invert().multiply(b).elements;
  const turned =
    Math.hypot((e[6] ?? 0) - (e[9] ?? 0), (e[8] ?? 0) - (e[2] ?? 0), (e[1] ?? 0) - (e[4] ?? 0)) / 2;
  return turned > sameTurn || (e[0] ?? 1) + (e[5] ?? 1) + (e[10] ?? 1) < 0;
}
