import type { RobotData } from "./data.ts";
import type { RobotModel } from "./model.ts";
import { jointKind } from "./model-arrays.ts";
import { writeQuaternion } from "./quaternion.ts";
import { requireConfiguration } from "./require-length.ts";
import { transformSize } from "./rigid-transform.ts";
import { sineCosine, turn } from "./sine-cosine.ts";

/*
 * Hot file: nothing is allocated. Indexed reads carry `as number` because every index below comes from
 * the model itself.
 *
 *   rootFromLink = rootFromParent ∘ parentFromJoint ∘ jointFromLink(q)
 */

/**
 * Fills `data.rootFromLink` for all links. `q` has model.nq numbers (order and units: see RobotModel);
 * positions are taken as they are, outside their limits, too, because a measured robot can be there.
 * Quaternions need not have length 1, only not 0. Throws when `q` is too short.
 */
export function forwardKinematics(model: RobotModel, data: RobotData, q: Float64Array): void {
  requireConfiguration(model, q);
  const { parent, kind, qIndex, positionMultiplier, positionOffset, axis, parentFromJoint } = model;
  const poses = data.rootFromLink;
  if (model.base === "floating") placeBase(q, poses);
  const links = parent.length;
  for (let link = 1; link < links; link += 1) {
    const a = 12 * (parent[link] as number);
    const b = 12 * link;
    const a0 = poses[a] as number;
    const a1 = poses[a + 1] as number;
    const a2 = poses[a + 2] as number;
    const a3 = poses[a + 3] as number;
    const a4 = poses[a + 4] as number;
    const a5 = poses[a + 5] as number;
    const a6 = poses[a + 6] as number;
    const a7 = poses[a + 7] as number;
    const a8 = poses[a + 8] as number;
    const b0 = parentFromJoint[b] as number;
    const b1 = parentFromJoint[b + 1] as number;
    const b2 = parentFromJoint[b + 2] as number;
    const b3 = parentFromJoint[b + 3] as number;
    const b4 = parentFromJoint[b + 4] as number;
    const b5 = parentFromJoint[b + 5] as number;
    const b6 = parentFromJoint[b + 6] as number;
    const b7 = parentFromJoint[b + 7] as number;
    const b8 = parentFromJoint[b + 8] as number;
    const b9 = parentFromJoint[b + 9] as number;
    const b10 = parentFromJoint[b + 10] as number;
    const b11 = parentFromJoint[b + 11] as number;
    // Columns x, y, z of the joint frame in the root frame, then its origin p.
    let x0 = a0 * b0 + a1 * b3 + a2 * b6;
    let x1 = a3 * b0 + a4 * b3 + a5 * b6;
    let x2 = a6 * b0 + a7 * b3 + a8 * b6;
    let y0 = a0 * b1 + a1 * b4 + a2 * b7;
    let y1 = a3 * b1 + a4 * b4 + a5 * b7;
    let y2 = a6 * b1 + a7 * b4 + a8 * b7;
    let z0 = a0 * b2 + a1 * b5 + a2 * b8;
    let z1 = a3 * b2 + a4 * b5 + a5 * b8;
    let z2 = a6 * b2 + a7 * b5 + a8 * b8;
    let p0 = a0 * b9 + a1 * b10 + a2 * b11 + (poses[a + 9] as number);
    let p1 = a3 * b9 + a4 * b10 + a5 * b11 + (poses[a + 10] as number);
    let p2 = a6 * b9 + a7 * b10 + a8 * b11 + (poses[a + 11] as number);

    const k = kind[link] as number;
    if (k === jointKind.planar || k === jointKind.floating) {
      poses[b] = x0;
      poses[b + 1] = y0;
      poses[b + 2] = z0;
      poses[b + 3] = x1;
      poses[b + 4] = y1;
      poses[b + 5] = z1;
      poses[b + 6] = x2;
      poses[b + 7] = y2;
      poses[b + 8] = z2;
      poses[b + 9] = p0;
      poses[b + 10] = p1;
      poses[b + 11] = p2;
      if (k === jointKind.planar) applyPlanar(model, link, q, poses);
      else applyFloating(q, qIndex[link] as number, poses, b);
      continue;
    }
    if (k !== jointKind.fixed) {
      const own = q[qIndex[link] as number] as number;
      const position = (positionMultiplier[link] as number) * own + (positionOffset[link] as number);
      if (k === jointKind.revoluteZ) {
        turn[0] = position;
        sineCosine();
        const c = turn[2] as number;
        const s = (turn[1] as number) * (axis[3 * link + 2] as number);
        const u0 = c * x0 + s * y0;
        const u1 = c * x1 + s * y1;
        const u2 = c * x2 + s * y2;
        y0 = c * y0 - s * x0;
        y1 = c * y1 - s * x1;
        y2 = c * y2 - s * x2;
        x0 = u0;
        x1 = u1;
        x2 = u2;
      } else if (k === jointKind.revoluteY) {
        turn[0] = position;
        sineCosine();
        const c = turn[2] as number;
        const s = (turn[1] as number) * (axis[3 * link + 1] as number);
        const u0 = c * z0 + s * x0;
        const u1 = c * z1 + s * x1;
        const u2 = c * z2 + s * x2;
        x0 = c * x0 - s * z0;
        x1 = c * x1 - s * z1;
        x2 = c * x2 - s * z2;
        z0 = u0;
        z1 = u1;
        z2 = u2;
      } else if (k === jointKind.revoluteX) {
        turn[0] = position;
        sineCosine();
        const c = turn[2] as number;
        const s = (turn[1] as number) * (axis[3 * link] as number);
        const u0 = c * y0 + s * z0;
        const u1 = c * y1 + s * z1;
        const u2 = c * y2 + s * z2;
        z0 = c * z0 - s * y0;
        z1 = c * z1 - s * y1;
        z2 = c * z2 - s * y2;
        y0 = u0;
        y1 = u1;
        y2 = u2;
      } else {
        const n0 = axis[3 * link] as number;
        const n1 = axis[3 * link + 1] as number;
        const n2 = axis[3 * link + 2] as number;
        if (k === jointKind.prismatic) {
          p0 += (x0 * n0 + y0 * n1 + z0 * n2) * position;
          p1 += (x1 * n0 + y1 * n1 + z1 * n2) * position;
          p2 += (x2 * n0 + y2 * n1 + z2 * n2) * position;
        } else {
          // Rodrigues: R = c I + s [n]× + (1 − c) n nᵀ
          turn[0] = position;
          sineCosine();
          const c = turn[2] as number;
          const s = turn[1] as number;
          const t = 1 - c;
          const r0 = c + t * n0 * n0;
          const r1 = t * n0 * n1 - s * n2;
          const r2 = t * n0 * n2 + s * n1;
          const r3 = t * n0 * n1 + s * n2;
          const r4 = c + t * n1 * n1;
          const r5 = t * n1 * n2 - s * n0;
          const r6 = t * n0 * n2 - s * n1;
          const r7 = t * n1 * n2 + s * n0;
          const r8 = c + t * n2 * n2;
          const u0 = x0 * r0 + y0 * r3 + z0 * r6;
          const u1 = x1 * r0 + y1 * r3 + z1 * r6;
          const u2 = x2 * r0 + y2 * r3 + z2 * r6;
          const v0 = x0 * r1 + y0 * r4 + z0 * r7;
          const v1 = x1 * r1 + y1 * r4 + z1 * r7;
          const v2 = x2 * r1 + y2 * r4 + z2 * r7;
          z0 = x0 * r2 + y0 * r5 + z0 * r8;
          z1 = x1 * r2 + y1 * r5 + z1 * r8;
          z2 = x2 * r2 + y2 * r5 + z2 * r8;
          x0 = u0;
          x1 = u1;
          x2 = u2;
          y0 = v0;
          y1 = v1;
          y2 = v2;
        }
      }
    }
    poses[b] = x0;
    poses[b + 1] = y0;
    poses[b + 2] = z0;
    poses[b + 3] = x1;
    poses[b + 4] = y1;
    poses[b + 5] = z1;
    poses[b + 6] = x2;
    poses[b + 7] = y2;
    poses[b + 8] = z2;
    poses[b + 9] = p0;
    poses[b + 10] = p1;
    poses[b + 11] = p2;
  }
}

/**
 * Writes where a link is in the root frame into `out`: x y z in m, then a unit quaternion x y z w
 * with w ≥ 0. `forwardKinematics` must have run; throws for an index that is no link's.
 */
export function readLinkPose(data: RobotData, linkIndex: number, out: Float64Array): void {
  const at = transformSize * linkIndex;
  const pose = data.rootFromLink;
  if (!(linkIndex >= 0 && at + transformSize <= pose.length))
    throw new Error(`there is no link ${linkIndex}`);
  out[0] = pose[at + 9] as number;
  out[1] = pose[at + 10] as number;
  out[2] = pose[at + 11] as number;
  writeQuaternion(pose, at, out, 3);
}

function placeBase(q: Float64Array, poses: Float64Array): void {
  poses.fill(0, 0, 12);
  poses[0] = 1;
  poses[4] = 1;
  poses[8] = 1;
  applyFloating(q, 0, poses, 0);
}

/** A rigid move on its way from one function to the next: numbers handed on one by one would be put on the heap. */
const move = new Float64Array(transformSize);

/** Moves the frame at `b` by q = x y z, quaternion x y z w, both in that frame. */
function applyFloating(q: Float64Array, at: number, poses: Float64Array, b: number): void {
  const x = q[at + 3] as number;
  const y = q[at + 4] as number;
  const z = q[at + 5] as number;
  const w = q[at + 6] as number;
  const s = 2 / (x * x + y * y + z * z + w * w);
  move[0] = 1 - s * (y * y + z * z);
  move[1] = s * (x * y - z * w);
  move[2] = s * (x * z + y * w);
  move[3] = s * (x * y + z * w);
  move[4] = 1 - s * (x * x + z * z);
  move[5] = s * (y * z - x * w);
  move[6] = s * (x * z - y * w);
  move[7] = s * (y * z + x * w);
  move[8] = 1 - s * (x * x + y * y);
  move[9] = q[at] as number;
  move[10] = q[at + 1] as number;
  move[11] = q[at + 2] as number;
  applyMove(poses, b);
}

/** Moves the frame of `link` by q = x, y in its plane, then yaw about its axis. */
function applyPlanar(model: RobotModel, link: number, q: Float64Array, poses: Float64Array): void {
  const at = model.qIndex[link] as number;
  const x = q[at] as number;
  const y = q[at + 1] as number;
  const yaw = q[at + 2] as number;
  const n0 = model.axis[3 * link] as number;
  const n1 = model.axis[3 * link + 1] as number;
  const n2 = model.axis[3 * link + 2] as number;
  const e0 = model.planeX[3 * link] as number;
  const e1 = model.planeX[3 * link + 1] as number;
  const e2 = model.planeX[3 * link + 2] as number;
  turn[0] = yaw;
  sineCosine();
  const c = turn[2] as number;
  const s = turn[1] as number;
  const t = 1 - c;
  move[0] = c + t * n0 * n0;
  move[1] = t * n0 * n1 - s * n2;
  move[2] = t * n0 * n2 + s * n1;
  move[3] = t * n0 * n1 + s * n2;
  move[4] = c + t * n1 * n1;
  move[5] = t * n1 * n2 - s * n0;
  move[6] = t * n0 * n2 - s * n1;
  move[7] = t * n1 * n2 + s * n0;
  move[8] = c + t * n2 * n2;
  move[9] = x * e0 + y * (n1 * e2 - n2 * e1);
  move[10] = x * e1 + y * (n2 * e0 - n0 * e2);
  move[11] = x * e2 + y * (n0 * e1 - n1 * e0);
  applyMove(poses, 12 * link);
}

/** pose = pose ∘ move, in place. */
function applyMove(poses: Float64Array, b: number): void {
  for (let row = 0; row < 3; row += 1) {
    const at = b + 3 * row;
    const x = poses[at] as number;
    const y = poses[at + 1] as number;
    const z = poses[at + 2] as number;
    poses[at] = x * (move[0] as number) + y * (move[3] as number) + z * (move[6] as number);
    poses[at + 1] = x * (move[1] as number) + y * (move[4] as number) + z * (move[7] as number);
    poses[at + 2] = x * (move[2] as number) + y * (move[5] as number) + z * (move[8] as number);
    poses[b + 9 + row] =
      (poses[b + 9 + row] as number) +
      x * (move[9] as number) +
      y * (move[10] as number) +
      z * (move[11] as number);
  }
}
