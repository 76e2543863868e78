import {
  BoxGeometry,
  type BufferGeometry,
  CapsuleGeometry,
  CylinderGeometry,
  EdgesGeometry,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshStandardMaterial,
  type Object3D,
  SphereGeometry,
} from "three";
import type { SceneItem } from "../store/surroundings.ts";

const body = new MeshStandardMaterial({ color: 0x868e96, roughness: 0.9, transparent: true, opacity: 0.55 });
const chosenBody = new MeshStandardMaterial({
  color: 0x1c7ed6,
  roughness: 0.9,
  transparent: true,
  opacity: 0.55,
});
const keepOut = new MeshStandardMaterial({
  color: 0xe03131,
  transparent: true,
  opacity: 0.14,
  depthWrite: false,
});
const bodyEdge = new LineBasicMaterial({ color: 0x495057 });
const keepOutEdge = new LineBasicMaterial({ color: 0xe03131 });

/** Draws the surroundings: bodies grey and translucent, keep-out areas red and outlined; what is attached goes with its link. */
export class SurroundingsView {
  private readonly drawn = new Map<string, { root: Group; item: SceneItem; isChosen: boolean }>();

  /** `frameOf`: what a frame is drawn as, null being the root link of the robot; null for one that is not known. */
  constructor(private readonly frameOf: (frame: string | null) => Object3D | null) {}

  show(items: readonly SceneItem[], chosen: string | null): void {
    const ids = new Set(items.map(({ id }) => id));
    for (const [id, { root }] of this.drawn) {
      if (!ids.has(id)) this.remove(id, root);
    }
    for (const item of items) {
      const known = this.drawn.get(item.id);
      const isChosen = item.id === chosen;
      let root = known?.root;
      if (known === undefined || known.item.shape !== item.shape || known.isChosen !== isChosen) {
        if (known !== undefined) this.remove(item.id, known.root);
        root = drawing(item, isChosen);
      }
      if (root === undefined) continue;
      root.position.fromArray(item.position);
      root.quaternion.fromArray(item.quaternion);
      const parent = this.parentOf(item);
      if (parent === null) root.removeFromParent();
      else parent.add(root);
      this.drawn.set(item.id, { root, item, isChosen });
    }
  }

  /** What an object hangs on; null: in a frame that is not drawn. */
  parentOf({ frame, attach }: SceneItem): Object3D | null {
    return this.frameOf(attach ?? frame);
  }

  private remove(id: string, root: Group): void {
    root.removeFromParent();
    for (const child of root.children)
      if (child instanceof Mesh || child instanceof LineSegments) child.geometry.dispose();
    this.drawn.delete(id);
  }
}

function drawing(item: SceneItem, isChosen: boolean): Group {
  const root = new Group();
  const geometry = geometryOf(item);
  if (geometry === null) return root;
  const mesh = new Mesh(geometry, item.isKeepOut ? keepOut : isChosen ? chosenBody : body);
  mesh.castShadow = !item.isKeepOut;
  mesh.renderOrder = 1;
  const edges = new LineSegments(new EdgesGeometry(geometry, 30), item.isKeepOut ? keepOutEdge : bodyEdge);
  root.add(mesh, edges);
  return root;
}

function geometryOf({ shape }: SceneItem): BufferGeometry | null {
  switch (shape.kind) {
    case "box":
      return new BoxGeometry(...shape.size);
    case "cylinder":
      // three's cylinder is along y; URDF's along z.
      return new CylinderGeometry(shape.radius, shape.radius, shape.length, 40).rotateX(Math.PI / 2);
    case "capsule":
      return new CapsuleGeometry(shape.radius, shape.length, 12, 32).rotateX(Math.PI / 2);
    case "sphere":
      return new SphereGeometry(shape.radius, 32, 20);
    case "other":
      return null;
  }
}
