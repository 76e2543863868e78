import { ConeGeometry, DoubleSide, Group, Mesh, type Object3D, SphereGeometry } from "three";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import { type TopicLook, usualTrailOf } from "../topics/topic-looks.ts";
import { arrowBetween, arrowOf, clear, flat, lineOf, putAt } from "./line-parts.ts";
import { listAt, numberAt, pointAt, poseAt } from "./message-fields.ts";
import type { TopicLayer } from "./topic-layer.ts";
import { Trail } from "./trail.ts";

const arrowMetres = 0.25;
const dotMetres = 0.03;
/** Of many poses. */
const smallArrowMetres = 0.12;
const mostArrows = 2000;
/** What is drawn a metre long: so many N, m/s², rad/s, m/s. */
const newtonsPerMetre = 50;
const accelerationPerMetre = 20;
const turnPerMetre = 2;
const speedPerMetre = 1;

type Draw = (message: unknown, color: string) => Object3D[] | null;
type Point = [number, number, number];

/** How the message of each type is drawn, in the message's own frame; null: it makes no sense. */
const draws: Record<string, Draw> = {
  "nav_msgs/msg/Path": (message, color) => {
    const points = listAt(message, "poses").map((stamped) => pointAt(stamped, "pose", "position"));
    const good = points.filter((point) => point !== null);
    return good.length < 2 ? [] : [lineOf(good, color)];
  },
  "geometry_msgs/msg/PoseStamped": (message, color) => arrowAt(poseAt(message, "pose"), color),
  "geometry_msgs/msg/PoseWithCovarianceStamped": (message, color) => {
    const pose = poseAt(message, "pose", "pose");
    const arrow = arrowAt(pose, color);
    if (pose === null || arrow === null) return null;
    const spread = spreadOf(listAt(message, "pose", "covariance"), pose, color);
    return spread === null ? arrow : [...arrow, spread];
  },
  "nav_msgs/msg/Odometry": (message, color) => arrowAt(poseAt(message, "pose", "pose"), color),
  "geometry_msgs/msg/PoseArray": (message, color) => {
    const material = flat(color);
    const poses = listAt(message, "poses")
      .slice(0, mostArrows)
      .map((pose) => poseAt(pose));
    return poses
      .filter((pose) => pose !== null)
      .map((pose) => putAt(arrowOf(material, smallArrowMetres), pose));
  },
  "geometry_msgs/msg/PolygonStamped": (message, color) => {
    const points = listAt(message, "polygon", "points").map((point) => pointAt(point));
    const good = points.filter((point) => point !== null);
    return good.length < 2 ? [] : [lineOf(good, color, true)];
  },
  "geometry_msgs/msg/PointStamped": (message, color) => {
    const point = pointAt(message, "point");
    if (point === null) return null;
    return [putAt(new Mesh(new SphereGeometry(dotMetres, 20, 14), flat(color)), [...point, 0, 0, 0, 1])];
  },
  "geometry_msgs/msg/WrenchStamped": (message, color) => {
    const force = pointAt(message, "wrench", "force");
    return force && vectorOf(force, newtonsPerMetre, color, 0.01);
  },
  "geometry_msgs/msg/TwistStamped": (message, color) => {
    const [linear, angular] = [pointAt(message, "twist", "linear"), pointAt(message, "twist", "angular")];
    if (linear === null || angular === null) return null;
    return [
      ...vectorOf(linear, speedPerMetre, color, 0.01),
      ...vectorOf(angular, turnPerMetre, color, 0.005),
    ];
  },
  "sensor_msgs/msg/Imu": (message, color) => {
    // A first covariance of −1 says that the sensor does not measure it.
    const measured = (name: string): Point | null =>
      listAt(message, `${name}_covariance`)[0] === -1 ? [0, 0, 0] : pointAt(message, name);
    const [acceleration, turn] = [measured("linear_acceleration"), measured("angular_velocity")];
    if (acceleration === null || turn === null) return null;
    return [
      ...vectorOf(acceleration, accelerationPerMetre, color, 0.01),
      ...vectorOf(turn, turnPerMetre, color, 0.005),
    ];
  },
  "sensor_msgs/msg/Range": (message, color) => {
    const [range, most] = [numberAt(message, "range"), numberAt(message, "max_range")];
    const reach = Math.min(range, most);
    if (!(reach > 0)) return [];
    const radius = reach * Math.tan(Math.min(1.5, numberAt(message, "field_of_view") / 2));
    // It is open: from where its inside is seen, that is drawn.
    const material = flat(color, 0.35);
    material.side = DoubleSide;
    const cone = new Mesh(new ConeGeometry(Math.max(radius, 0.002), reach, 32, 1, true), material);
    // The tip at the sensor, the cone along x.
    cone.rotation.z = Math.PI / 2;
    cone.position.x = reach / 2;
    return [cone];
  },
};

export function isShape(type: string): boolean {
  return Object.hasOwn(draws, type);
}

/** Where what a message is about is, m; null: it has no place of its own. */
const places: Record<string, (message: unknown) => Point | null> = {
  "nav_msgs/msg/Odometry": (message) => pointAt(message, "pose", "pose", "position"),
  "geometry_msgs/msg/PoseStamped": (message) => pointAt(message, "pose", "position"),
  "geometry_msgs/msg/PoseWithCovarianceStamped": (message) => pointAt(message, "pose", "pose", "position"),
  "geometry_msgs/msg/PointStamped": (message) => pointAt(message, "point"),
};

/** A message of a few lines, arrows or bodies: all is drawn anew with each message. */
export class ShapeLayer implements TopicLayer {
  readonly root = new Group();
  private color: string;
  private readonly trail = new Trail();
  /** Of the trail; undefined: as is usual for the type. */
  private seconds: number | undefined;

  constructor(private readonly usual: string) {
    this.color = usual;
  }

  dress({ color, trail }: TopicLook): void {
    this.color = color ?? this.usual;
    this.seconds = trail;
  }

  take({ header: { type, meta, frame, received } }: TopicMessage): boolean {
    const drawn = draws[type]?.(meta.message, this.color) ?? null;
    if (drawn === null) return false;
    clear(this.root);
    this.root.add(...drawn);
    const place = places[type]?.(meta.message) ?? null;
    const way =
      place === null ? [] : this.trail.take(frame, received, place, this.seconds ?? usualTrailOf(type));
    if (way.length > 1) this.root.add(lineOf(way, this.color));
    return true;
  }

  dispose(): void {
    clear(this.root);
    this.root.removeFromParent();
  }
}

/** An arrow from the origin; so many units are a metre. */
function vectorOf(vector: Point, perMetre: number, color: string, shaft: number): Object3D[] {
  const to = vector.map((value) => value / perMetre) as Point;
  return Math.hypot(...to) < 1e-3 ? [] : [arrowBetween([0, 0, 0], to, flat(color), shaft, 3 * shaft)];
}

function arrowAt(pose: number[] | null, color: string): Object3D[] | null {
  return pose === null ? null : [putAt(arrowOf(flat(color), arrowMetres), pose)];
}

/** Where a pose is in the plane with about 95 %: two standard deviations of x and y by its covariance (6 × 6, by rows). */
function spreadOf(covariance: readonly unknown[], pose: readonly number[], color: string): Object3D | null {
  const at = (k: number): number => (typeof covariance[k] === "number" ? (covariance[k] as number) : 0);
  const [xx, xy, yy] = [at(0), at(1), at(7)];
  const mean = (xx + yy) / 2;
  const radius = Math.hypot((xx - yy) / 2, xy);
  const [long, short] = [Math.sqrt(Math.max(0, mean + radius)), Math.sqrt(Math.max(0, mean - radius))];
  if (!(long > 1e-6)) return null;
  const turn = Math.atan2(2 * xy, xx - yy) / 2;
  const points = Array.from({ length: 48 }, (_, i): Point => {
    const angle = (2 * Math.PI * i) / 48;
    const [u, v] = [2 * long * Math.cos(angle), 2 * short * Math.sin(angle)];
    return [
      (pose[0] ?? 0) + u * Math.cos(turn) - v * Math.sin(turn),
      (pose[1] ?? 0) + u * Math.sin(turn) + v * Math.cos(turn),
      pose[2] ?? 0,
    ];
  });
  return lineOf(points, color, true);
}
