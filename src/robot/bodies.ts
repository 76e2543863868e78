import { jointKind, type ModelArrays } from "./model-arrays.ts";
import { compose, transformSize, writeIdentity } from "./rigid-transform.ts";

/** How a body's joint moves it, in the body's own frame. */
export const bodyKind = { root: 0, revolute: 1, prismatic: 2, planar: 3, floating: 4 } as const;

/**
 * The robot as the dynamics see it: links on fixed joints are melted into the body that carries them,
 * and every body's frame stands so that its joint's axis is z (a planar joint's plane is x and y; a
 * floating joint's frame is its link's).
 *
 *   parent body ──jointPlacement──▶ joint frame ──turn about z, slide along z, …──▶ body ──bodyFromLink──▶ links
 *
 * Body 0 carries the root link; it moves only with a floating base. Parents come first.
 *
 * A *column* is one direction in which a joint moves: 1 for revolute and prismatic, 3 for planar (x, y,
 * turn), 6 for floating (x, y, z, then turns). The columns of body b are columnStart[b] … columnStart[b + 1] − 1.
 * A column's rate is columnRate · v[columnV]; only for a follower is the first not 1. `columnParent` is
 * the next column on the way to the root, −1 at its end: Featherstone's expanded parent array λ (Rigid
 * Body Dynamics Algorithms, 2008, section 6.2), by which all kinds of joints are treated alike.
 */
export type BodyArrays = {
  readonly bodyCount: number;
  readonly parent: Int32Array;
  /** A value of `bodyKind`. */
  readonly kind: Uint8Array;
  /** Where the joint's numbers begin in q. */
  readonly qIndex: Int32Array;
  /** position = multiplier · q + offset. */
  readonly multiplier: Float64Array;
  readonly offset: Float64Array;
  /** 12 a body: the joint frame in the parent body's frame. */
  readonly jointPlacement: Float64Array;
  /** kg. */
  readonly mass: Float64Array;
  /** 3 a body: centre of mass in the body's frame, m. */
  readonly centerOfMass: Float64Array;
  /** 6 a body: xx xy xz yy yz zz about the centre of mass in the body's axes, kg·m². */
  readonly inertia: Float64Array;
  /** 10 a body, about its origin in its own axes (see dynamics/place-inertias.ts for the order). */
  readonly ownInertia: Float64Array;
  /** One more entry than bodies. */
  readonly columnStart: Int32Array;
  readonly columnBody: Int32Array;
  readonly columnParent: Int32Array;
  readonly columnV: Int32Array;
  readonly columnRate: Float64Array;
  /** Each link's body, and 12 numbers a link: the link in that body's frame. */
  readonly linkBody: Int32Array;
  readonly bodyFromLink: Float64Array;
  /** The link that a body's joint carries. */
  readonly bodyLink: Int32Array;
  /** Whether some joint follows another: then the columns are more than v. */
  readonly hasFollowers: boolean;
  /** Per number of v: inertia of motor and gear seen at the joint, kg·m² or kg. */
  readonly armature: Float64Array;
};

const columnsOf = [0, 1, 1, 3, 6] as const;

/** `armatureOf` gives the armature of the joint that carries a link. */
export function createBodies(
  arrays: ModelArrays,
  floating: boolean,
  nv: number,
  armatureOf: (link: number) => number,
): BodyArrays {
  const links = arrays.parent.length;
  const bodyLink = [0];
  for (let link = 1; link < links; link += 1) if (arrays.kind[link] !== jointKind.fixed) bodyLink.push(link);
  const bodies = emptyBodies(bodyLink, links, nv);
  const start = bodies.columnStart;
  start[1] = floating ? 6 : 0;
  bodies.kind[0] = floating ? bodyKind.floating : bodyKind.root;
  const kindOfBody = bodyLink.map((link) => bodyKindOf(arrays.kind[link] as number));
  for (let b = 1; b < bodyLink.length; b += 1) {
    start[b + 1] = (start[b] as number) + columnsOf[kindOfBody[b] as 0 | 1 | 2 | 3 | 4];
  }
  const columns = start[bodyLink.length] as number;
  const filled = {
    ...bodies,
    columnBody: new Int32Array(columns),
    columnParent: new Int32Array(columns).fill(-1),
    columnV: new Int32Array(columns),
    columnRate: new Float64Array(columns).fill(1),
    hasFollowers: columns > nv,
  };
  writeColumns(filled, 0, 0, 1);
  let body = 0;
  for (let link = 0; link < links; link += 1) {
    const moves = link > 0 && arrays.kind[link] !== jointKind.fixed;
    if (moves) {
      body += 1;
      placeMovedLink(filled, arrays, body, link);
      const rate = arrays.positionMultiplier[link] as number;
      writeColumns(filled, body, arrays.vIndex[link] as number, rate);
      const v = arrays.vIndex[link] as number;
      const own = armatureOf(link);
      for (let i = 0; i < columnsOf[filled.kind[body] as 0 | 1 | 2 | 3 | 4]; i += 1) {
        filled.armature[v + i] = (filled.armature[v + i] as number) + rate * rate * own;
      }
    } else if (link > 0) {
      const parent = arrays.parent[link] as number;
      filled.linkBody[link] = filled.linkBody[parent] as number;
      compose(
        filled.bodyFromLink,
        12 * parent,
        arrays.parentFromJoint,
        12 * link,
        filled.bodyFromLink,
        12 * link,
      );
    }
  }
  meltInertias(filled, arrays);
  return filled;
}

function emptyBodies(bodyLink: readonly number[], links: number, nv: number) {
  const count = bodyLink.length;
  const bodyFromLink = new Float64Array(transformSize * links);
  const jointPlacement = new Float64Array(transformSize * count);
  writeIdentity(bodyFromLink, 0);
  writeIdentity(jointPlacement, 0);
  return {
    bodyCount: count,
    parent: new Int32Array(count).fill(-1),
    kind: new Uint8Array(count),
    qIndex: new Int32Array(count),
    multiplier: new Float64Array(count).fill(1),
    offset: new Float64Array(count),
    jointPlacement,
    mass: new Float64Array(count),
    centerOfMass: new Float64Array(3 * count),
    inertia: new Float64Array(6 * count),
    ownInertia: new Float64Array(10 * count),
    columnStart: new Int32Array(count + 1),
    linkBody: new Int32Array(links),
    bodyFromLink,
    bodyLink: Int32Array.from(bodyLink),
    armature: new Float64Array(nv),
  };
}

function bodyKindOf(kind: number): number {
  switch (kind) {
    case jointKind.prismatic:
      return bodyKind.prismatic;
    case jointKind.planar:
      return bodyKind.planar;
    case jointKind.floating:
      return bodyKind.floating;
    case jointKind.fixed:
      return bodyKind.root;
    default:
      return bodyKind.revolute;
  }
}

function writeColumns(bodies: BodyArrays, body: number, v: number, rate: number): void {
  const [first, end] = [bodies.columnStart[body] as number, bodies.columnStart[body + 1] as number];
  let above = -1;
  for (
    let ancestor = bodies.parent[body] as number;
    ancestor >= 0;
    ancestor = bodies.parent[ancestor] as number
  ) {
    const next = bodies.columnStart[ancestor + 1] as number;
    if (next === bodies.columnStart[ancestor]) continue;
    above = next - 1;
    break;
  }
  for (let column = first; column < end; column += 1) {
    bodies.columnBody[column] = body;
    bodies.columnParent[column] = column === first ? above : column - 1;
    bodies.columnV[column] = v + column - first;
    bodies.columnRate[column] = rate;
  }
}

/** The body's frame: the joint frame turned so that the axis is z. jointPlacement takes the turn along. */
function placeMovedLink(bodies: BodyArrays, arrays: ModelArrays, body: number, link: number): void {
  const parentLink = arrays.parent[link] as number;
  bodies.parent[body] = bodies.linkBody[parentLink] as number;
  bodies.linkBody[link] = body;
  bodies.kind[body] = bodyKindOf(arrays.kind[link] as number);
  bodies.qIndex[body] = arrays.qIndex[link] as number;
  bodies.multiplier[body] = arrays.positionMultiplier[link] as number;
  bodies.offset[body] = arrays.positionOffset[link] as number;
  const linkFromBody = new Float64Array(transformSize);
  writeIdentity(linkFromBody, 0);
  const axis = [...arrays.axis.subarray(3 * link, 3 * link + 3)] as [number, number, number];
  if (bodies.kind[body] === bodyKind.planar) {
    const x = arrays.planeX.subarray(3 * link, 3 * link + 3);
    writeAxes(linkFromBody, [x[0] as number, x[1] as number, x[2] as number], axis);
  } else if (bodies.kind[body] !== bodyKind.floating) {
    writeAxes(linkFromBody, perpendicularTo(axis), axis);
  }
  for (let row = 0; row < 3; row += 1) {
    for (let column = 0; column < 3; column += 1) {
      bodies.bodyFromLink[12 * link + 3 * row + column] = linkFromBody[3 * column + row] as number;
    }
  }
  const parentFromBody = new Float64Array(transformSize);
  compose(arrays.parentFromJoint, 12 * link, linkFromBody, 0, parentFromBody, 0);
  compose(bodies.bodyFromLink, 12 * parentLink, parentFromBody, 0, bodies.jointPlacement, 12 * body);
}

type Triple = [number, number, number];

/** Exact for an axis along x, y or z, so that the usual robot loses no digit. */
function perpendicularTo([a, b, c]: Triple): Triple {
  if (Math.abs(c) === 1) return [1, 0, 0];
  if (Math.abs(a) === 1) return [0, 1, 0];
  if (Math.abs(b) === 1) return [0, 0, 1];
  const length = Math.hypot(a, b);
  if (length > 0.1) return [-b / length, a / length, 0];
  const other = Math.hypot(b, c);
  return [0, -c / other, b / other];
}

/** The rotation with the columns x, z × x, z. */
function writeAxes(r: Float64Array, x: Triple, z: Triple): void {
  const y = [z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0]];
  for (let row = 0; row < 3; row += 1) {
    r[3 * row] = x[row] as number;
    r[3 * row + 1] = y[row] as number;
    r[3 * row + 2] = z[row] as number;
  }
}

/** Sums the links of each body: masses, centres, and inertias about the common centre (parallel axes). */
function meltInertias(bodies: BodyArrays, arrays: ModelArrays): void {
  const links = bodies.linkBody.length;
  const centers = new Float64Array(3 * links);
  for (let link = 0; link < links; link += 1) {
    const body = bodies.linkBody[link] as number;
    const mass = arrays.mass[link] as number;
    bodies.mass[body] = (bodies.mass[body] as number) + mass;
    for (let row = 0; row < 3; row += 1) {
      let at = bodies.bodyFromLink[12 * link + 9 + row] as number;
      for (let k = 0; k < 3; k += 1) {
        at +=
          (bodies.bodyFromLink[12 * link + 3 * row + k] as number) *
          (arrays.centerOfMass[3 * link + k] as number);
      }
      centers[3 * link + row] = at;
      bodies.centerOfMass[3 * body + row] = (bodies.centerOfMass[3 * body + row] as number) + mass * at;
    }
  }
  for (let body = 0; body < bodies.bodyCount; body += 1) {
    const mass = bodies.mass[body] as number;
    for (let k = 3 * body; k < 3 * body + 3; k += 1) {
      bodies.centerOfMass[k] = mass === 0 ? 0 : (bodies.centerOfMass[k] as number) / mass;
    }
  }
  for (let link = 0; link < links; link += 1) addInertia(bodies, arrays, link, centers);
  for (let body = 0; body < bodies.bodyCount; body += 1) writeOwnInertia(bodies, body);
}

/** From the centre of mass to the body's origin: I = I_c + m (c·c 1 − c cᵀ). */
function writeOwnInertia(bodies: BodyArrays, body: number): void {
  const mass = bodies.mass[body] as number;
  const [x = 0, y = 0, z = 0] = bodies.centerOfMass.subarray(3 * body, 3 * body + 3);
  const parallel = [y * y + z * z, -x * y, -x * z, x * x + z * z, -y * z, x * x + y * y];
  bodies.ownInertia.set([mass, mass * x, mass * y, mass * z], 10 * body);
  for (const [k, one] of parallel.entries()) {
    bodies.ownInertia[10 * body + 4 + k] = (bodies.inertia[6 * body + k] as number) + mass * one;
  }
}

function addInertia(bodies: BodyArrays, arrays: ModelArrays, link: number, centers: Float64Array): void {
  const body = bodies.linkBody[link] as number;
  const r = (row: number, column: number) => bodies.bodyFromLink[12 * link + 3 * row + column] as number;
  const i = arrays.inertia.subarray(6 * link, 6 * link + 6);
  const own = [
    [i[0], i[1], i[2]],
    [i[1], i[3], i[4]],
    [i[2], i[4], i[5]],
  ] as number[][];
  const d = [0, 1, 2].map(
    (k) => (centers[3 * link + k] as number) - (bodies.centerOfMass[3 * body + k] as number),
  );
  const square = d.reduce((sum, one) => sum + one * one, 0);
  let at = 6 * body;
  for (let row = 0; row < 3; row += 1) {
    for (let column = row; column < 3; column += 1) {
      let sum = 0;
      for (let a = 0; a < 3; a += 1) {
        for (let b = 0; b < 3; b += 1) sum += r(row, a) * ((own[a] as number[])[b] as number) * r(column, b);
      }
      const parallel = (row === column ? square : 0) - (d[row] as number) * (d[column] as number);
      bodies.inertia[at] = (bodies.inertia[at] as number) + sum + (arrays.mass[link] as number) * parallel;
      at += 1;
    }
  }
}
