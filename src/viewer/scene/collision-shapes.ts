import type { Material, Object3D } from "three";
import type { ServerAddress } from "../../client/server-address.ts";
import { ownValue } from "../../core/own-value.ts";
import { isMesh } from "./mesh-formats.ts";
import { collisionMaterial } from "./robot-looks.ts";
import { loadCollisionModel } from "./robot-model.ts";
import type { RobotView } from "./robot-view.ts";

/** The shapes that collisions are reckoned with, as green wires on the links. Fetched when first asked for. */
export class CollisionShapes {
  private shapes: Object3D[] = [];
  private readonly material: Material = collisionMaterial();
  private wanted = false;
  private loading = false;

  constructor(
    private readonly address: ServerAddress,
    private readonly view: RobotView,
    private readonly requestDraw: () => void,
  ) {}

  show(shown: boolean): void {
    if (shown === this.wanted) return;
    this.wanted = shown;
    for (const shape of this.shapes) shape.visible = shown;
    if (shown && !this.loading) {
      this.loading = true;
      this.load().then(this.requestDraw, () => {
        // The visual robot stands; its description failed to come a second time, the next toggle retries.
        this.loading = false;
        this.wanted = false;
      });
    }
    this.requestDraw();
  }

  dispose(): void {
    this.material.dispose();
    for (const shape of this.shapes) shape.removeFromParent();
  }

  private async load(): Promise<void> {
    const model = await loadCollisionModel(this.address, this.view.id, this.view.model.library);
    for (const [name, link] of Object.entries(model.links)) {
      const colliders = link.children.filter((child) => "isURDFCollider" in child);
      for (const collider of colliders) {
        collider.traverse((object) => {
          if (isMesh(object)) object.material = this.material;
        });
        collider.visible = this.wanted;
        ownValue(this.view.measured.links, name)?.add(collider);
        this.shapes.push(collider);
      }
    }
  }
}
