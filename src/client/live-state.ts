import { ownValue } from "../core/own-value.ts";
import type { Facet } from "../core/quality.ts";
import type { Pose, Twist } from "../core/transform.ts";
import type { BinaryStateFrame } from "../protocol/state-frame.ts";
import type {
  ControlStatus,
  LayoutColumn,
  PropertyJson,
  StatusMessage,
  ThingJson,
  TwinEvent,
  TwinJson,
} from "../protocol/state-messages.ts";
import type { BaseReadings, JointReadings, Reading } from "./api.ts";
import { type ColumnIndex, type FacetColumns, indexColumns } from "./column-index.ts";
import { Listeners } from "./listeners.ts";
import { isText, type JsonObject } from "./message-checks.ts";
import { type Present, readingAt, readingOf } from "./reading.ts";
import type { StateSink } from "./state-link.ts";

/** The newest of everything that /ws/state brought. What is read gets its age at the moment of reading. */
export class LiveState implements StateSink {
  readonly changed = new Listeners<[]>();
  readonly robotsChanged = new Listeners<[ids: readonly string[]]>();
  readonly statusChanged = new Listeners<[status: StatusMessage]>();
  readonly events = new Listeners<[event: TwinEvent]>();
  readonly stopped = new Listeners<[robot: string, by: string]>();
  readonly refused = new Listeners<[code: string, message: string]>();
  readonly broken = new Listeners<[what: string]>();
  newestStatus: StatusMessage | null = null;
  robots: readonly string[] = [];
  private thingsById: Record<string, ThingJson> = {};
  private readonly layouts = new Map<number, ColumnIndex>();
  private index: ColumnIndex | null = null;
  private newest: BinaryStateFrame | null = null;
  /** Whether this connection brought a frame, and a snapshot, yet: what is older is of the connection before. */
  private isFrameCurrent = false;
  isSnapshotCurrent = false;
  private isPast = false;

  constructor(private readonly present: () => Present) {}

  hello(): void {
    // Values stay, since they are the last known ones; they count as bad until newer ones come.
    this.layouts.clear();
    this.isFrameCurrent = false;
    this.isSnapshotCurrent = false;
  }

  snapshot(twin: TwinJson): void {
    this.thingsById = twin.things;
    this.isSnapshotCurrent = true;
    this.noteRobots();
    this.changed.emit();
  }

  things(changed: Record<string, ThingJson>, removed: readonly string[]): void {
    const gone = new Set(removed);
    const kept = Object.entries(this.thingsById).filter(([id]) => !gone.has(id));
    this.thingsById = Object.fromEntries([...kept, ...Object.entries(changed)]);
    this.noteRobots();
    this.changed.emit();
  }

  layout(layout: number, columns: readonly LayoutColumn[]): void {
    this.layouts.set(layout, indexColumns(columns));
  }

  frame(frame: BinaryStateFrame): void {
    const index = this.layouts.get(frame.layout);
    if (index === undefined || index.columns !== frame.values.length) return;
    // The server may have been started anew, with a clock that was set back: only frames of one connection compare.
    // In the past, time goes both ways.
    if (!this.isPast && this.isFrameCurrent && this.newest !== null && frame.time < this.newest.time) return;
    this.index = index;
    this.newest = frame;
    this.isFrameCurrent = true;
    this.changed.emit();
  }

  travelled(isPast: boolean): void {
    this.isPast = isPast;
    this.isFrameCurrent = false;
  }

  properties(changes: Record<string, Record<string, PropertyJson>>): void {
    for (const [id, changed] of Object.entries(changes)) {
      const thing = ownValue(this.thingsById, id);
      if (thing !== undefined) thing.properties = { ...thing.properties, ...changed };
    }
    this.changed.emit();
  }

  /** Snapshots bring everything that the library reads of a description. */
  description(): void {}

  status(status: StatusMessage): void {
    this.newestStatus = status;
    this.noteRobots();
    this.statusChanged.emit(status);
  }

  event(event: TwinEvent): void {
    this.events.emit(event);
  }

  /** Frames are whole: those that were left out cost nothing, and their age shows. */
  lagging(): void {}

  other(message: JsonObject & { op: string }): boolean {
    if (message.op === "stopped") {
      if (!isText(message.robot) || !isText(message.by)) return false;
      this.stopped.emit(message.robot, message.by);
    } else if (message.op === "error") {
      if (!isText(message.code) || !isText(message.message)) return false;
      this.refused.emit(message.code, message.message);
    }
    return true;
  }

  malformed(what: string): void {
    this.broken.emit(what);
  }

  control(robot: string): ControlStatus | undefined {
    return this.newestStatus?.control.find((one) => one.robot === robot);
  }

  /** A robot's joints, without the fixed ones: those of its description first, then others that are measured. */
  joints(robot: string): string[] {
    const prefix = `${robot}/joint/`;
    const named = Object.entries(this.thingsById)
      .filter(
        ([id, { type, definition }]) =>
          type === "joint" && definition.type !== "fixed" && id.startsWith(prefix),
      )
      .map(([id]) => id.slice(prefix.length));
    const moving = this.index?.robots.get(robot)?.get("reported")?.joints.keys() ?? [];
    return [...new Set([...named, ...moving])];
  }

  joint(robot: string, name: string, facet: Facet): JointReadings {
    const columns = this.columns(robot, facet)?.joints.get(name);
    const read = (leaf: keyof JointReadings) =>
      this.number(columns?.[leaf] ?? -1) ??
      (this.register(robot, `joint/${name}/${leaf}`, facet) as Reading | null);
    return { position: read("position"), velocity: read("velocity"), effort: read("effort") };
  }

  base(robot: string, facet: Facet): BaseReadings {
    const columns = this.columns(robot, facet);
    const pose = this.numbers(columns?.basePose ?? -1, 7, ([x, y, z, qx, qy, qz, qw]): Pose => {
      return { position: [x, y, z], quaternion: [qx, qy, qz, qw] } as Pose;
    });
    const twist = this.numbers(columns?.baseTwist ?? -1, 6, ([x, y, z, ax, ay, az]): Twist => {
      return { linear: [x, y, z], angular: [ax, ay, az] } as Twist;
    });
    return {
      pose: pose ?? (this.register(robot, "base/pose", facet) as Reading<Pose> | null),
      twist: twist ?? (this.register(robot, "base/twist", facet) as Reading<Twist> | null),
    };
  }

  /** A property by its path. Joint and base motion is that of the newest frame. */
  property(thing: string, path: string, facet: Facet): Reading<unknown> | null {
    const [, joint, leaf] = /^joint\/(.+)\/(position|velocity|effort)$/.exec(path) ?? [];
    if (joint !== undefined) return this.joint(thing, joint, facet)[leaf as keyof JointReadings];
    if (path === "base/pose") return this.base(thing, facet).pose;
    if (path === "base/twist") return this.base(thing, facet).twist;
    return this.register(thing, path, facet);
  }

  /** Ids of the things of one type. */
  idsOf(type: string): string[] {
    return Object.keys(this.thingsById).filter((id) => this.thingsById[id]?.type === type);
  }

  /** The paths of a thing's properties. */
  paths(thing: string): string[] {
    return Object.keys(ownValue(this.thingsById, thing)?.properties ?? {});
  }

  private columns(robot: string, facet: Facet): FacetColumns | undefined {
    return this.index?.robots.get(robot)?.get(facet);
  }

  private number(column: number): Reading | null {
    return this.numbers(column, 1, ([value]) => value as number);
  }

  private numbers<T>(column: number, width: number, make: (values: number[]) => T): Reading<T> | null {
    if (this.newest === null) return null;
    const present = this.present();
    const isHeard = present.isHeard && this.isFrameCurrent;
    return readingAt(this.newest, column, width, make, { ...present, isHeard });
  }

  private register(thing: string, path: string, facet: Facet): Reading<unknown> | null {
    const register = ownValue(ownValue(this.thingsById, thing)?.properties, path)?.[facet];
    if (register === undefined) return null;
    const present = this.present();
    return readingOf(register, { ...present, isHeard: present.isHeard && this.isSnapshotCurrent });
  }

  private noteRobots(): void {
    const control = this.newestStatus?.control.map(({ robot }) => robot) ?? [];
    const ids = [...new Set([...this.idsOf("robot"), ...control])];
    if (ids.join("\n") === this.robots.join("\n")) return;
    this.robots = ids;
    this.robotsChanged.emit(ids);
  }
}
