import { Box3, type Scene } from "three";
import type { ServerAddress } from "../../client/server-address.ts";
import { Signal } from "../../client/signal.ts";
import type { RobotEntry } from "../store/robot-catalog.ts";
import type { TwinStore } from "../store/twin-store.ts";
import type { MeshLibrary } from "./mesh-library.ts";
import { loadRobotModel } from "./robot-model.ts";
import { RobotView } from "./robot-view.ts";

/** Robots that are out of the picture and may come back at once, as those of another moment. */
const mostParked = 4;

const noMeshes = { found: 0, missing: 0, problems: [] };

/** All robots in the scene. Follows the descriptions: one with a new hash replaces the robot it describes. */
export class Fleet {
  readonly robots = new Signal<readonly RobotEntry[]>([]);
  /** Server time independent, by performance.now(): when the first robot stood with all its meshes. */
  readonly views = new Map<string, RobotView>();
  private readonly parked = new Map<string, { view: RobotView; entry: RobotEntry }>();
  /** What each robot that stands whole is of. */
  private readonly entries = new WeakMap<RobotView, RobotEntry>();
  private readonly loading = new Set<MeshLibrary>();
  /** Told when a robot stands whole in the scene. */
  onComplete: (view: RobotView) => void = () => undefined;

  constructor(
    private readonly address: ServerAddress,
    private readonly store: TwinStore,
    private readonly scene: Scene,
    private readonly requestDraw: () => void,
  ) {
    store.descriptions.subscribe(() => this.follow());
  }

  bounds(): Box3 {
    const box = new Box3();
    for (const view of this.views.values()) box.union(view.bounds());
    return box;
  }

  /** Of the mesh files of robots that do not stand yet: how many are there, of how many, and their bytes. */
  progress(): { done: number; total: number; bytes: number } {
    const sum = { done: 0, total: 0, bytes: 0 };
    for (const { progress } of this.loading) {
      sum.done += progress.done;
      sum.total += progress.total;
      sum.bytes += progress.bytes;
    }
    return sum;
  }

  /** Draws the desired robots of `refused` as such that would be refused, and the others as usual. */
  markGhosts(refused: ReadonlySet<string>): void {
    for (const [id, view] of this.views) view.markGhost(refused.has(id));
  }

  private follow(): void {
    const described = new Set(this.store.descriptions.get().map(({ robot }) => robot));
    for (const { id } of this.robots.get()) if (!described.has(id)) this.remove(id);
    for (const { robot, name, hash } of this.store.descriptions.get()) {
      if (this.isCurrent(robot, hash)) continue;
      if (this.unpark(robot, hash)) continue;
      const entry: RobotEntry = { id: robot, name, hash, model: { phase: "loading" }, meshes: noMeshes };
      this.robots.update((all) => [...all.filter((other) => other.id !== robot), entry]);
      void this.load(robot, hash);
    }
  }

  /** The robot has gone. */
  private remove(robot: string): void {
    this.park(robot);
    this.robots.update((all) => all.filter(({ id }) => id !== robot));
    this.requestDraw();
  }

  /** Takes the robot that is drawn out of the scene. On the way through the past it may come back, and is kept. */
  private park(robot: string): void {
    const view = this.views.get(robot);
    if (view === undefined) return;
    const entry = this.entries.get(view);
    this.views.delete(robot);
    if (entry === undefined || !this.store.motion.isPast) {
      view.dispose();
      return;
    }
    view.root.removeFromParent();
    this.parked.set(`${entry.hash} ${robot}`, { view, entry });
    const [oldest] = this.parked;
    if (this.parked.size <= mostParked || oldest === undefined) return;
    this.parked.delete(oldest[0]);
    oldest[1].view.dispose();
  }

  private unpark(robot: string, hash: string): boolean {
    const known = this.parked.get(`${hash} ${robot}`);
    if (known === undefined) return false;
    this.park(robot);
    this.parked.delete(`${hash} ${robot}`);
    this.robots.update((all) => [...all.filter(({ id }) => id !== robot), known.entry]);
    this.views.set(robot, known.view);
    this.scene.add(known.view.root);
    this.requestDraw();
    return true;
  }

  private async load(robot: string, hash: string): Promise<void> {
    try {
      const pastHash = this.store.motion.isPast ? hash : null;
      const model = await loadRobotModel(this.address, robot, pastHash);
      const view = new RobotView(robot, model);
      if (!this.isCurrent(robot, hash)) return view.dispose();
      this.change(robot, {
        model: {
          phase: "ready",
          joints: model.joints,
          rootLink: model.urdf.name,
          links: Object.keys(model.urdf.links),
        },
      });
      this.loading.add(model.library);
      const meshes = await model.settle().finally(() => this.loading.delete(model.library));
      if (!this.isCurrent(robot, hash)) return view.dispose();
      this.park(robot);
      view.complete();
      this.views.set(robot, view);
      this.scene.add(view.root);
      this.change(robot, { meshes });
      const whole = this.robots.get().find(({ id }) => id === robot);
      if (whole !== undefined) this.entries.set(view, whole);
      this.onComplete(view);
      this.requestDraw();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (this.isCurrent(robot, hash)) this.change(robot, { model: { phase: "failed", problem } });
    }
  }

  private isCurrent(robot: string, hash: string): boolean {
    return this.robots.get().some((entry) => entry.id === robot && entry.hash === hash);
  }

  private change(robot: string, changes: Partial<RobotEntry>): void {
    this.robots.update((all) => all.map((entry) => (entry.id === robot ? { ...entry, ...changes } : entry)));
  }
}
