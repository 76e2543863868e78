import type { RobotData } from "../data.ts";
import { compose, transformSize } from "../rigid-transform.ts";
import type { CollisionModel } from "./collision-model.ts";
import { ballAbovePlane } from "./plane-distance.ts";
import { type CollisionShape, coreKind } from "./shape.ts";

/** Puts every shape and its ball where the links stand. */
export function placeShapes(model: CollisionModel, data: RobotData): void {
  const { length } = model.shapes;
  requireLinks(model, data);
  for (let i = 0; i < length; i += 1) placeShape(model, data, i);
}

/** Puts shapes where the links stand when they are needed: most pairs need none, and what does not move is placed once. */
export class ShapePlaces {
  /** For each shape, for which posture it was placed; 0: it never moves. */
  private readonly placed: Int32Array;
  private posture = 1;

  constructor(
    private readonly model: CollisionModel,
    private readonly data: RobotData,
  ) {
    requireLinks(model, data);
    const { shapes, robot } = model;
    this.placed = new Int32Array(shapes.length).fill(-1);
    if (robot.base === "floating") return;
    for (const [i, { link }] of shapes.entries()) {
      if (link !== 0) continue;
      placeShape(model, data, i);
      this.placed[i] = 0;
    }
  }

  /** The links stand elsewhere, or another user of the model's workspace has placed shapes. */
  moved(): void {
    this.posture += 1;
  }

  placePair(pair: number): void {
    this.place(this.model.pairA[pair] as number);
    this.place(this.model.pairB[pair] as number);
  }

  private place(shape: number): void {
    const at = this.placed[shape] as number;
    if (at === 0 || at === this.posture) return;
    this.placed[shape] = this.posture;
    placeShape(this.model, this.data, shape);
  }
}

function requireLinks({ robot }: CollisionModel, { rootFromLink }: RobotData): void {
  if (rootFromLink.length !== transformSize * robot.links.length) {
    throw new Error(
      `data of ${rootFromLink.length / transformSize} links for a model of ${robot.links.length}`,
    );
  }
}

function placeShape({ shapes, work }: CollisionModel, { rootFromLink }: RobotData, i: number): void {
  const { poses, centres } = work;
  const shape = shapes[i] as CollisionShape;
  const at = transformSize * shape.link;
  compose(rootFromLink, at, shape.linkFromShape, 0, poses, transformSize * i);
  const x = shape.ball[0] as number;
  const y = shape.ball[1] as number;
  const z = shape.ball[2] as number;
  for (let row = 0; row < 3; row += 1) {
    centres[3 * i + row] =
      (rootFromLink[at + 3 * row] as number) * x +
      (rootFromLink[at + 3 * row + 1] as number) * y +
      (rootFromLink[at + 3 * row + 2] as number) * z +
      (rootFromLink[at + 9 + row] as number);
  }
}

/** m: from the middle of one shape's ball to that of the other. */
export function centresApart({ pairA, pairB, work }: CollisionModel, pair: number): number {
  const a = 3 * (pairA[pair] as number);
  const b = 3 * (pairB[pair] as number);
  const c = work.centres;
  const x = (c[a] as number) - (c[b] as number);
  const y = (c[a + 1] as number) - (c[b + 1] as number);
  const z = (c[a + 2] as number) - (c[b + 2] as number);
  return Math.sqrt(x * x + y * y + z * z);
}

/** m: the shapes are at least so far apart (below 0: at most so deep). */
export function ballsApart(model: CollisionModel, pair: number): number {
  const { shapes, pairA, pairB, work } = model;
  const a = pairA[pair] as number;
  const b = pairB[pair] as number;
  const reach =
    ((shapes[a] as CollisionShape).ball[3] as number) + ((shapes[b] as CollisionShape).ball[3] as number);
  if (reach === Number.POSITIVE_INFINITY) {
    const isFirst = (shapes[a] as CollisionShape).kind === coreKind.plane;
    return isFirst
      ? ballAbovePlane(work.poses, work.centres, shapes, a, b)
      : ballAbovePlane(work.poses, work.centres, shapes, b, a);
  }
  return centresApart(model, pair) - reach;
}
