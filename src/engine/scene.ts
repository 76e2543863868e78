import { listedNames } from "../core/listed-names.ts";
import type { SceneItem } from "../protocol/scene.ts";
import type { EventSeverity } from "../protocol/state-messages.ts";
import type { ConvexHull } from "../robot/collision/convex-hull.ts";
import { payloadsOf } from "../robot/dynamics/payload.ts";
import type { TwinGraph } from "../twin/graph.ts";
import type { Relationship } from "../twin/thing.ts";
import type { SceneInput } from "./ports/scene-input.ts";
import type { SceneOfRobots } from "./robot/robot-surroundings.ts";
import type { RobotTwin } from "./robot/robot-twin.ts";
import { objectOf } from "./robot/scene-objects.ts";

/** Ids of an event's text that are named; of the others their number is. */
const mostNamed = 8;

/** What the scene needs of the engine around it. */
export type SceneContext = {
  graph: TwinGraph;
  robots: ReadonlyMap<string, RobotTwin>;
  event(severity: EventSeverity, kind: string, message: string): void;
};

/** The objects around the robots: things of type `object` in the graph, and what gates and dynamics are told of them. */
export class Scene implements SceneOfRobots {
  revision = 0;
  hulls: ReadonlyMap<string, ConvexHull | null> = new Map();
  fault: string | null = null;
  private items: readonly SceneItem[] = [];
  private readonly byRobot = new Map<string, readonly SceneItem[]>();

  constructor(private readonly context: SceneContext) {}

  /** These objects, and no others, are there from now on. */
  take({ objects, hulls, fault }: SceneInput): void {
    const before = new Map(this.items.map((item) => [item.id, JSON.stringify(item)]));
    const added = objects.filter(({ id }) => !before.has(id));
    const changed = objects.filter((item) => (before.get(item.id) ?? "") !== JSON.stringify(item));
    const gone = this.items.filter(({ id }) => !objects.some((object) => object.id === id));
    this.items = objects;
    this.hulls = hulls;
    this.fault = fault;
    this.revision += 1;
    this.byRobot.clear();
    for (const item of gone) this.context.graph.remove(`scene/${item.id}`);
    for (const item of changed) this.define(item);
    for (const twin of this.context.robots.values()) this.load(twin);
    const moved = changed.filter((item) => before.has(item.id));
    const said = [named(added, "added"), named(moved, "changed"), named(gone, "removed")].filter(Boolean);
    if (said.length > 0) this.context.event("info", "scene.changed", said.join("; "));
  }

  /** A robot has come or has another description: what it carries, and what stands on it, is on its new links. */
  described(twin: RobotTwin): void {
    for (const item of this.items) this.define(item);
    this.load(twin);
  }

  itemsOf(robot: string): readonly SceneItem[] {
    let items = this.byRobot.get(robot);
    if (items === undefined) {
      items = this.items.filter((item) => item.robot === undefined || item.robot === robot);
      this.byRobot.set(robot, items);
    }
    return items;
  }

  private define(item: SceneItem): void {
    const { graph } = this.context;
    const { id, ...definition } = item;
    const thing = graph.define(`scene/${id}`, "object", { name: id, ...definition });
    thing.relationships = this.relationshipsOf(item);
  }

  /** What it is attached to, or the link in whose frame it is, where that is one robot's. */
  private relationshipsOf({ attach, frame, robot }: SceneItem): Relationship[] {
    const { robots } = this.context;
    const [only] = robots.size === 1 ? robots.keys() : [];
    const of = robot ?? only;
    const model = of === undefined ? undefined : robots.get(of)?.model;
    if (model === undefined || model === null) return [];
    const link = attach ?? frame ?? model.rootLink;
    if (!model.linkIndex.has(link)) return [];
    const name = attach === undefined ? "mountedOn" : "attachedTo";
    return [{ name, target: `${of}/link/${link}` }];
  }

  /** Tells a robot's dynamics what it carries. */
  private load(twin: RobotTwin): void {
    const attached = this.itemsOf(twin.id).filter(({ attach }) => attach !== undefined);
    const objects = attached.map((item) => objectOf(item, item.attach ?? null, item.pose));
    twin.carry(payloadsOf(objects, this.hulls));
  }
}

function named(items: readonly SceneItem[], what: string): string {
  if (items.length === 0) return "";
  const ids = items.map(({ id }) => id);
  return `${listedNames(ids, mostNamed)} ${what}`;
}
