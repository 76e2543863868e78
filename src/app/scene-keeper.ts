import type { Input } from "../engine/ports/inputs.ts";
import type { MeshRoots } from "../io/files/mesh-files.ts";
import type { SceneFile } from "../io/scene-file.ts";
import type { SceneAtHand } from "../io/server/api-routes.ts";
import type { SceneListing, SceneRefusal, SceneTarget } from "../io/server/scene-routes.ts";
import { formOf, mostSceneObjects, type SceneItem, sceneItem } from "../protocol/scene.ts";
import type { ConvexHull } from "../robot/collision/convex-hull.ts";
import { hullKey } from "../robot/collision/make-shape.ts";

export type HullOf = (
  uri: string,
  scale: readonly [number, number, number],
) => Promise<{ hull: ConvexHull } | { fault: string }>;

/** What keeping the scene needs of the program around it. */
export type SceneKeeperContext = {
  /** Of twin.yaml: no request changes them. */
  configured: readonly SceneItem[];
  file: SceneFile;
  push(input: Extract<Input, { kind: "scene" }>): void;
  hullOf: HullOf;
  meshRoots(): MeshRoots;
  /** Why an object fits no robot that it is there for; null: it does, or that is not known yet. */
  misfit(item: SceneItem): string | null;
  /** The object attached or set free where it is now, or why not. */
  handedOver(item: SceneItem, target: SceneTarget): SceneItem | string;
  warn(line: string): void;
};

/** The objects of twin.yaml and those that the API set, as the engine has them; the latter outlive a restart. */
export class SceneKeeper implements SceneAtHand {
  private own: readonly SceneItem[] = [];
  /** Why the kept objects are not known; null: they are. */
  private fault: string | null = null;
  private readonly hulls = new Map<string, ConvexHull | null>();
  /** Changes are made one after another. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly context: SceneKeeperContext) {}

  /**
   * Hands the engine what is known at once: no motion is checked without it. Meshes come when they are read; until then
   * motions are refused.
   */
  start(): void {
    const { file, configured, warn } = this.context;
    const kept = file.read();
    if (kept.ok) {
      const taken = kept.value.filter(({ id }) => configured.some((item) => item.id === id));
      for (const { id } of taken)
        warn(`scene: object "${id}" of the API is left out: twin.yaml has one of this id`);
      this.own = kept.value.filter((item) => !taken.includes(item));
    } else {
      this.fault = `the objects that the API set cannot be read (${kept.path}: ${kept.reason}): set them anew with PUT /api/scene`;
      warn(`scene: ${this.fault}. Motions are refused until then.`);
    }
    if (this.all().length === 0 && this.fault === null) return;
    this.publish(this.own);
    this.turn = this.readMeshes(this.all()).then((faults) => {
      for (const fault of faults) warn(`scene: ${fault}. Motions are refused until it is mended.`);
      if (this.hulls.size > 0) this.publish(this.own);
    });
  }

  list(): readonly SceneListing[] {
    const { configured } = this.context;
    return [
      ...configured.map((item) => ({ ...item, origin: "config" as const })),
      ...this.own.map((item) => ({ ...item, origin: "api" as const })),
    ];
  }

  replace(items: readonly SceneItem[]): Promise<SceneRefusal | null> {
    return this.inTurn(() => this.take(items, items));
  }

  put(item: SceneItem): Promise<SceneRefusal | null> {
    return this.inTurn(() => {
      const isKnown = this.own.some(({ id }) => id === item.id);
      const others = this.own.map((other) => (other.id === item.id ? item : other));
      return this.take(isKnown ? others : [...this.own, item], [item]);
    });
  }

  handOver(id: string, target: SceneTarget): Promise<SceneRefusal | null> {
    return this.inTurn(async () => {
      if (this.isConfigured(id)) return ofConfig(id);
      const item = this.own.find((one) => one.id === id);
      if (item === undefined) return { status: 404, error: `there is no object "${id}" in the scene` };
      const moved = this.context.handedOver(item, target);
      if (typeof moved === "string") return { status: 409, error: moved };
      const parsed = sceneItem.safeParse(moved);
      if (!parsed.success)
        return { status: 400, error: parsed.error.issues[0]?.message ?? "it is no object" };
      return this.take(
        this.own.map((other) => (other.id === id ? parsed.data : other)),
        [parsed.data],
      );
    });
  }

  remove(id: string): Promise<SceneRefusal | null> {
    return this.inTurn(async () => {
      if (this.isConfigured(id)) return ofConfig(id);
      if (!this.own.some((item) => item.id === id)) {
        return { status: 404, error: `there is no object "${id}" in the scene` };
      }
      return this.take(
        this.own.filter((item) => item.id !== id),
        [],
      );
    });
  }

  /** Whether some object is this mesh: its file may be asked for. */
  hasMesh(uri: string): boolean {
    return this.all().some(({ mesh }) => mesh === uri);
  }

  meshRoots(): MeshRoots {
    return this.context.meshRoots();
  }

  private inTurn(change: () => Promise<SceneRefusal | null>): Promise<SceneRefusal | null> {
    const done = this.turn.then(change, change);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async take(own: readonly SceneItem[], fresh: readonly SceneItem[]): Promise<SceneRefusal | null> {
    const taken = fresh.find(({ id }) => this.isConfigured(id));
    if (taken !== undefined) return ofConfig(taken.id);
    const most = mostSceneObjects - this.context.configured.length;
    if (own.length > most) {
      return {
        status: 400,
        error: `a scene has at most ${mostSceneObjects} objects, those of twin.yaml among them`,
      };
    }
    const fault =
      fresh.map((item) => this.context.misfit(item)).find((one) => one !== null) ??
      (await this.readMeshes(fresh))[0];
    if (fault !== undefined) return { status: 400, error: fault };
    try {
      // Kept before it counts: after a restart nothing may be missing that was there.
      this.context.file.write(own);
    } catch (error) {
      return { status: 500, error: `the scene cannot be kept, so it stays as it is: ${String(error)}` };
    }
    this.fault = null;
    this.publish(own);
    return null;
  }

  /** Reads the meshes that are not known yet; what is wrong with them. */
  private async readMeshes(items: readonly SceneItem[]): Promise<string[]> {
    const faults: string[] = [];
    for (const item of items) {
      if (formOf(item) !== "mesh") continue;
      const { id, mesh = "", scale = [1, 1, 1] } = item;
      const key = hullKey(mesh, scale);
      if ((this.hulls.get(key) ?? null) !== null) continue;
      const read = await this.context.hullOf(mesh, scale);
      if ("hull" in read) this.hulls.set(key, read.hull);
      else faults.push(`object "${id}": ${read.fault}`);
    }
    return faults;
  }

  private publish(own: readonly SceneItem[]): void {
    this.own = own;
    const objects = this.all();
    for (const key of [...this.hulls.keys()]) {
      const isUsed = objects.some(({ mesh = "", scale = [1, 1, 1] }) => hullKey(mesh, scale) === key);
      if (!isUsed) this.hulls.delete(key);
    }
    this.context.push({ kind: "scene", objects, hulls: new Map(this.hulls), fault: this.fault });
  }

  private all(): readonly SceneItem[] {
    return [...this.context.configured, ...this.own];
  }

  private isConfigured(id: string): boolean {
    return this.context.configured.some((item) => item.id === id);
  }
}

function ofConfig(id: string): SceneRefusal {
  return { status: 409, error: `object "${id}" is of twin.yaml: change it there` };
}
