import { ConeGeometry, CylinderGeometry, Group, Mesh, MeshBasicMaterial, RingGeometry } from "three";
import type { GroundGoal } from "./ground-heading.ts";
import { ghostColors } from "./robot-looks.ts";

/** An arrow on the floor: where the base is wanted, and how it is to be turned there. */
export class GroundArrow {
  readonly root = new Group();
  private readonly material = new MeshBasicMaterial({
    color: ghostColors.desired,
    transparent: true,
    opacity: 0.85,
  });

  constructor() {
    const ring = new Mesh(new RingGeometry(0.16, 0.19, 48), this.material);
    const shaft = new Mesh(new CylinderGeometry(0.018, 0.018, 0.36, 12), this.material);
    const head = new Mesh(new ConeGeometry(0.06, 0.14, 20), this.material);
    // Cylinders and cones stand along y: laid along x, which is forward.
    for (const part of [shaft, head]) part.rotation.z = -Math.PI / 2;
    shaft.position.set(0.18, 0, 0.02);
    head.position.set(0.43, 0, 0.02);
    ring.position.z = 0.004;
    this.root.add(ring, shaft, head);
    this.root.visible = false;
  }

  show(goal: GroundGoal | null): void {
    this.root.visible = goal !== null;
    if (goal === null) return;
    this.root.position.set(goal.x, goal.y, 0);
    this.root.rotation.z = goal.yaw;
  }
}
