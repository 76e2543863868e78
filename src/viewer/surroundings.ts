import type { Object3D } from "three";
import type { CommandLink } from "../client/command-link.ts";
import type { SceneDesk } from "./drive/scene-desk.ts";
import type { Stage } from "./scene/stage.ts";
import { SurroundingsView } from "./scene/surroundings-view.ts";
import type { TwinStore } from "./store/twin-store.ts";
import type { ToolGizmo } from "./tool/tool-gizmo.ts";

/** Asks for the surroundings on each connection, and whenever an event tells of a change. */
export function followScene(desk: SceneDesk, link: CommandLink, store: TwinStore): void {
  link.socket.phase.subscribe(() => {
    if (link.socket.phase.get() === "open") void desk.refresh();
  });
  let newest = -1;
  store.events.subscribe(() => {
    const event = store.events.get().find(({ kind }) => kind.startsWith("scene."));
    if (event === undefined || event.id <= newest) return;
    newest = event.id;
    void desk.refresh();
  });
}

/** The surroundings in the 3D view, and the handles of the object that is edited. */
export class Surroundings {
  private readonly view: SurroundingsView;
  private gizmo: ToolGizmo | null = null;
  private isEdited = false;
  private share = 1;

  constructor(
    private readonly desk: SceneDesk,
    private readonly stage: Stage,
    frameOf: (frame: string | null) => Object3D | null,
  ) {
    this.view = new SurroundingsView(frameOf);
    for (const signal of [desk.items, desk.chosen]) signal.subscribe(() => this.show());
  }

  get isPointed(): boolean {
    return this.gizmo?.isPointed === true;
  }

  setShare(share: number): void {
    this.share = share;
    if (this.gizmo !== null) this.gizmo.share = share;
  }

  /** The code for the handles is fetched when they are first wanted. */
  edit(isEdited: boolean): void {
    this.isEdited = isEdited;
    this.show();
    if (isEdited && this.gizmo === null) void this.makeGizmo();
  }

  show(): void {
    this.view.show(this.desk.items.get() ?? [], this.isEdited ? this.desk.chosen.get() : null);
    const chosen = this.isEdited ? this.desk.find(this.desk.chosen.get()) : null;
    const item = chosen?.isFixed === true ? null : chosen;
    this.gizmo?.attach(item === null ? null : this.view.parentOf(item));
    if (item !== null) this.gizmo?.put(item.position, item.quaternion);
    this.stage.requestDraw();
  }

  private async makeGizmo(): Promise<void> {
    const { ToolGizmo } = await import("./tool/tool-gizmo.ts");
    this.gizmo ??= new ToolGizmo(this.stage, {
      dragged: ([x = 0, y = 0, z = 0], [qx = 0, qy = 0, qz = 0, qw = 1]) => {
        const id = this.desk.chosen.get();
        if (id !== null) this.desk.change(id, { position: [x, y, z], quaternion: [qx, qy, qz, qw] });
      },
      held: () => undefined,
    });
    this.gizmo.share = this.share;
    this.show();
  }
}
