import { isNumber, isObject, isText } from "../../client/message-checks.ts";
import { Signal } from "../../client/signal.ts";
import { storedList } from "../store/stored-list.ts";

/** How a person wants one topic drawn. What is absent is as usual. */
export type TopicLook = {
  /** One colour, as #rrggbb. */
  readonly color?: string;
  /** The field that the points of a cloud or a scan are coloured by. */
  readonly field?: string;
  /** Of a point, CSS pixels. */
  readonly size?: number;
  /** 0 to 1 */
  readonly opacity?: number;
  /** The colours of a grid: those of a map, or of costs. */
  readonly palette?: "map" | "costs";
  /** Over how many seconds the way of what moves is drawn; 0: it is not. */
  readonly trail?: number;
};

export const usualLook: TopicLook = {};
export const mostPointPixels = 20;
export const longestTrail = 3600;

/** s */
const usualTrail = 60;

type Part = keyof TopicLook;

const points: readonly Part[] = ["field", "color", "size", "opacity"];
const parts: Readonly<Record<string, readonly Part[]>> = {
  "sensor_msgs/msg/LaserScan": points,
  "sensor_msgs/msg/PointCloud2": points,
  "nav_msgs/msg/OccupancyGrid": ["palette", "opacity"],
  "nav_msgs/msg/Odometry": ["color", "trail"],
  "geometry_msgs/msg/PoseStamped": ["color", "trail"],
  "geometry_msgs/msg/PoseWithCovarianceStamped": ["color", "trail"],
  "geometry_msgs/msg/PointStamped": ["color", "trail"],
  "visualization_msgs/msg/Marker": [],
  "visualization_msgs/msg/MarkerArray": [],
};

/** What of its look can be changed, for a type that the 3D view draws. */
export function lookParts(type: string): readonly Part[] {
  return parts[type] ?? ["color"];
}

/** A topic's name and its look. */
export type TopicLookRow = readonly [string, TopicLook];

/** The colours of a grid by its name. */
export function usualPalette(topic: string): "map" | "costs" {
  return topic.includes("costmap") ? "costs" : "map";
}

/** How much of its way is drawn, s: robots leave a trail, goals none. */
export function usualTrailOf(type: string): number {
  return type === "nav_msgs/msg/Odometry" ? usualTrail : 0;
}

const key = "twinbridge.looks";
const mostKept = 200;

/** How topics are drawn, by their names, kept for the next visit. */
export class TopicLooks {
  readonly all: Signal<ReadonlyMap<string, TopicLook>>;

  constructor(private readonly storage: Storage) {
    this.all = new Signal<ReadonlyMap<string, TopicLook>>(read(storage));
  }

  of(topic: string): TopicLook {
    return this.all.get().get(topic) ?? usualLook;
  }

  /** The looks of these topics, of those that have one. */
  rows(topics: readonly string[]): TopicLookRow[] {
    return topics.map((topic) => [topic, this.of(topic)] as const).filter(([, look]) => look !== usualLook);
  }

  /** These topics look as `rows` say, or as usual. */
  set(topics: readonly string[], rows: readonly TopicLookRow[]): void {
    const all = new Map(this.all.get());
    for (const topic of topics) all.delete(topic);
    for (const [topic, look] of rows) if (topics.includes(topic)) all.set(topic, look);
    this.keep(all);
  }

  /** Changes what `change` names; undefined makes it usual again. */
  change(topic: string, change: { [K in keyof TopicLook]?: TopicLook[K] | undefined }): void {
    const look = checkedLook({ ...this.of(topic), ...change });
    const all = new Map(this.all.get());
    all.delete(topic);
    if (Object.keys(look).length > 0) all.set(topic, look);
    this.keep(all);
  }

  private keep(all: Map<string, TopicLook>): void {
    for (const topic of all.keys()) {
      if (all.size <= mostKept) break;
      all.delete(topic);
    }
    this.all.set(all);
    this.storage.setItem(key, JSON.stringify([...all]));
  }
}

function read(storage: Storage): ReadonlyMap<string, TopicLook> {
  const looks = new Map<string, TopicLook>();
  for (const row of storedList(storage, key).slice(-mostKept)) {
    const [topic, look] = Array.isArray(row) ? row : [];
    if (isText(topic) && isObject(look)) looks.set(topic, checkedLook(look));
  }
  return looks;
}

/** What of a look makes sense: an older version or a stranger may have stored it. */
export function checkedLook(look: Record<string, unknown>): TopicLook {
  const { color, field, size, opacity, palette, trail } = look;
  const within = (value: unknown, least: number, most: number): value is number =>
    isNumber(value) && value >= least && value <= most;
  return {
    ...(isText(color) && /^#[0-9a-f]{6}$/i.test(color) ? { color } : {}),
    ...(isText(field) && field !== "" && field.length <= 64 ? { field } : {}),
    ...(within(size, 1, mostPointPixels) ? { size } : {}),
    ...(within(opacity, 0, 1) ? { opacity } : {}),
    ...(palette === "map" || palette === "costs" ? { palette } : {}),
    ...(within(trail, 0, longestTrail) ? { trail } : {}),
  };
}
