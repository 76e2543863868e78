import { bodyKind } from "../bodies.ts";
import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { requireConfiguration } from "../require-length.ts";
import { sineCosine, turn } from "../sine-cosine.ts";

/*
 * Hot file: nothing is allocated.
 *
 * All dynamics are computed in one frame, the root link's, at one point, its origin. Rigid-body inertias,
 * forces and articulated inertias of different bodies can then be added as they are; nothing has to be
 * transformed from body to body, which is where most of the work of body-fixed recursions goes. For a
 * floating base, too, this is the base's own frame, so that far travels of the base cost no digits.
 *
 * Spatial vectors are linear first, then angular: a motion is the velocity of the body's point at that
 * origin (m/s), then its angular velocity (rad/s).
 */

/**
 * Fills `data.baseFromBody` and `data.columns` (the direction of every column as a spatial motion, unit
 * rate) for the configuration `q`. Throws when `q` is too short.
 */
export function placeBodies(model: RobotModel, data: RobotData, q: Float64Array): void {
  requireConfiguration(model, q);
  const { bodyCount, parent, kind, qIndex, multiplier, offset, jointPlacement, columnStart } = model.bodies;
  const poses = data.baseFromBody;
  const columns = data.columns;
  for (let body = 1; body < bodyCount; body += 1) {
    const a = 12 * (parent[body] as number);
    const b = 12 * body;
    const a0 = poses[a] as number;
    const a1 = poses[a + 1] as number;
    const a2 = poses[a + 2] as number;
    const a3 = poses[a + 3] as number;
    const a4 = poses[a + 4] as number;
    const a5 = poses[a + 5] as number;
    const a6 = poses[a + 6] as number;
    const a7 = poses[a + 7] as number;
    const a8 = poses[a + 8] as number;
    const b0 = jointPlacement[b] as number;
    const b1 = jointPlacement[b + 1] as number;
    const b2 = jointPlacement[b + 2] as number;
    const b3 = jointPlacement[b + 3] as number;
    const b4 = jointPlacement[b + 4] as number;
    const b5 = jointPlacement[b + 5] as number;
    const b6 = jointPlacement[b + 6] as number;
    const b7 = jointPlacement[b + 7] as number;
    const b8 = jointPlacement[b + 8] as number;
    const b9 = jointPlacement[b + 9] as number;
    const b10 = jointPlacement[b + 10] as number;
    const b11 = jointPlacement[b + 11] as number;
    // Columns x, y, z of the joint frame in the base frame, then its origin p.
    const x0 = a0 * b0 + a1 * b3 + a2 * b6;
    const x1 = a3 * b0 + a4 * b3 + a5 * b6;
    const x2 = a6 * b0 + a7 * b3 + a8 * b6;
    const y0 = a0 * b1 + a1 * b4 + a2 * b7;
    const y1 = a3 * b1 + a4 * b4 + a5 * b7;
    const y2 = a6 * b1 + a7 * b4 + a8 * b7;
    const z0 = a0 * b2 + a1 * b5 + a2 * b8;
    const z1 = a3 * b2 + a4 * b5 + a5 * b8;
    const z2 = a6 * b2 + a7 * b5 + a8 * b8;
    const p0 = a0 * b9 + a1 * b10 + a2 * b11 + (poses[a + 9] as number);
    const p1 = a3 * b9 + a4 * b10 + a5 * b11 + (poses[a + 10] as number);
    const p2 = a6 * b9 + a7 * b10 + a8 * b11 + (poses[a + 11] as number);
    poses[b + 2] = z0;
    poses[b + 5] = z1;
    poses[b + 8] = z2;
    const at = 6 * (columnStart[body] as number);
    const k = kind[body] as number;
    if (k === bodyKind.revolute) {
      const position =
        (multiplier[body] as number) * (q[qIndex[body] as number] as number) + (offset[body] as number);
      turn[0] = position;
      sineCosine();
      const c = turn[2] as number;
      const s = turn[1] as number;
      poses[b] = c * x0 + s * y0;
      poses[b + 3] = c * x1 + s * y1;
      poses[b + 6] = c * x2 + s * y2;
      poses[b + 1] = c * y0 - s * x0;
      poses[b + 4] = c * y1 - s * x1;
      poses[b + 7] = c * y2 - s * x2;
      poses[b + 9] = p0;
      poses[b + 10] = p1;
      poses[b + 11] = p2;
      // A turn about z through p moves the origin's point by p × z.
      columns[at] = p1 * z2 - p2 * z1;
      columns[at + 1] = p2 * z0 - p0 * z2;
      columns[at + 2] = p0 * z1 - p1 * z0;
      columns[at + 3] = z0;
      columns[at + 4] = z1;
      columns[at + 5] = z2;
    } else {
      poses[b] = x0;
      poses[b + 3] = x1;
      poses[b + 6] = x2;
      poses[b + 1] = y0;
      poses[b + 4] = y1;
      poses[b + 7] = y2;
      poses[b + 9] = p0;
      poses[b + 10] = p1;
      poses[b + 11] = p2;
      if (k === bodyKind.prismatic) {
        const position =
          (multiplier[body] as number) * (q[qIndex[body] as number] as number) + (offset[body] as number);
        poses[b + 9] = p0 + z0 * position;
        poses[b + 10] = p1 + z1 * position;
        poses[b + 11] = p2 + z2 * position;
        columns[at] = z0;
        columns[at + 1] = z1;
        columns[at + 2] = z2;
      } else if (k === bodyKind.planar) {
        movePlanar(q, qIndex[body] as number, poses, b);
        writeSlide(poses, b, 0, columns, at);
        writeSlide(poses, b, 1, columns, at + 6);
        writeTurn(poses, b, 2, columns, at + 12);
      } else {
        moveFloating(q, qIndex[body] as number, poses, b);
        for (let axis = 0; axis < 3; axis += 1) {
          writeSlide(poses, b, axis, columns, at + 6 * axis);
          writeTurn(poses, b, axis, columns, at + 18 + 6 * axis);
        }
      }
    }
  }
}

function writeSlide(poses: Float64Array, b: number, axis: number, columns: Float64Array, at: number): void {
  columns[at] = poses[b + axis] as number;
  columns[at + 1] = poses[b + 3 + axis] as number;
  columns[at + 2] = poses[b + 6 + axis] as number;
}

function writeTurn(poses: Float64Array, b: number, axis: number, columns: Float64Array, at: number): void {
  const w0 = poses[b + axis] as number;
  const w1 = poses[b + 3 + axis] as number;
  const w2 = poses[b + 6 + axis] as number;
  const p0 = poses[b + 9] as number;
  const p1 = poses[b + 10] as number;
  const p2 = poses[b + 11] as number;
  columns[at] = p1 * w2 - p2 * w1;
  columns[at + 1] = p2 * w0 - p0 * w2;
  columns[at + 2] = p0 * w1 - p1 * w0;
  columns[at + 3] = w0;
  columns[at + 4] = w1;
  columns[at + 5] = w2;
}

/** Moves the frame at `b` by q: x, y in its plane, then the turn about its z. */
export function movePlanar(q: Float64Array, at: number, poses: Float64Array, b: number): void {
  const x = q[at] as number;
  const y = q[at + 1] as number;
  const yaw = q[at + 2] as number;
  turn[0] = yaw;
  sineCosine();
  const c = turn[2] as number;
  const s = turn[1] as number;
  for (let row = 0; row < 3; row += 1) {
    const ex = poses[b + 3 * row] as number;
    const ey = poses[b + 3 * row + 1] as number;
    poses[b + 9 + row] = (poses[b + 9 + row] as number) + ex * x + ey * y;
    poses[b + 3 * row] = c * ex + s * ey;
    poses[b + 3 * row + 1] = c * ey - s * ex;
  }
}

/** Moves the frame at `b` by q: x y z in its axes, then the quaternion x y z w, which need not have length 1. */
export function moveFloating(q: Float64Array, at: number, poses: Float64Array, b: number): void {
  const x = q[at + 3] as number;
  const y = q[at + 4] as number;
  const z = q[at + 5] as number;
  const w = q[at + 6] as number;
  const s = 2 / (x * x + y * y + z * z + w * w);
  for (let row = 0; row < 3; row += 1) {
    const e0 = poses[b + 3 * row] as number;
    const e1 = poses[b + 3 * row + 1] as number;
    const e2 = poses[b + 3 * row + 2] as number;
    const shift = e0 * (q[at] as number) + e1 * (q[at + 1] as number) + e2 * (q[at + 2] as number);
    poses[b + 9 + row] = (poses[b + 9 + row] as number) + shift;
    poses[b + 3 * row] = e0 * (1 - s * (y * y + z * z)) + e1 * s * (x * y + z * w) + e2 * s * (x * z - y * w);
    poses[b + 3 * row + 1] =
      e0 * s * (x * y - z * w) + e1 * (1 - s * (x * x + z * z)) + e2 * s * (y * z + x * w);
    poses[b + 3 * row + 2] =
      e0 * s * (x * z + y * w) + e1 * s * (y * z - x * w) + e2 * (1 - s * (x * x + y * y));
  }
}
