import { Raycaster, Vector2 } from "three";
import type { Fleet } from "./fleet.ts";
import type { Stage } from "./stage.ts";

/** A pointer that moved further than this between down and up has turned the view, not clicked. */
const clickPixels = 5;

/** Finds the link under the pointer: a click selects it, hovering names it. */
export class Picking {
  private readonly raycaster = new Raycaster();
  private downAt = new Vector2();

  constructor(
    private readonly stage: Stage,
    private readonly fleet: Fleet,
    select: (robot: string, link: string | null) => void,
    /** Whether the pointer is on something that is dragged, so that it is no link that is meant. */
    private readonly isTaken: () => boolean = () => false,
  ) {
    const canvas = stage.canvas;
    canvas.addEventListener("pointerdown", (event) => this.downAt.set(event.clientX, event.clientY));
    canvas.addEventListener("pointerup", (event) => {
      if (event.button !== 0 || isTaken()) return;
      if (this.downAt.distanceTo(new Vector2(event.clientX, event.clientY)) > clickPixels) return;
      const hit = this.linkAt(event);
      select(hit?.robot ?? "", hit?.link ?? null);
    });
    canvas.addEventListener("pointermove", (event) => this.hover(event));
  }

  /** The link under the pointer is named by the canvas's own tooltip. */
  private hover(event: PointerEvent): void {
    if (event.buttons !== 0 || event.pointerType === "touch" || this.waiting || this.isTaken()) return;
    this.waiting = true;
    setTimeout(() => {
      this.waiting = false;
      const link = this.linkAt(event)?.link ?? "";
      if (this.stage.canvas.title !== link) this.stage.canvas.title = link;
      this.stage.canvas.style.cursor = link === "" ? "" : "pointer";
    }, 80);
  }

  private waiting = false;

  private linkAt(event: PointerEvent): { robot: string; link: string } | null {
    const box = this.stage.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 - 1;
    const y = 1 - ((event.clientY - box.top) / box.height) * 2;
    this.raycaster.setFromCamera(new Vector2(x, y), this.stage.camera);
    const meshes = [...this.fleet.views.values()].flatMap((view) => view.pickable());
    const { robot, link } = this.raycaster.intersectObjects(meshes, false)[0]?.object.userData ?? {};
    return typeof robot === "string" && typeof link === "string" ? { robot, link } : null;
  }
}
