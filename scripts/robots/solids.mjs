// Solids for the robots in urdf/, as three geometries in metres with z up. Each is closed, so that its
// faces can be turned outwards by its signed volume; solids may overlap, which no viewer minds.
import { BoxGeometry, BufferGeometry, ExtrudeGeometry, LatheGeometry, Shape, Vector2 } from "three";
import { RoundedBoxGeometry } from "three/addons/geometries/RoundedBoxGeometry.js";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";

const quarter = Math.PI / 2;

/** A body of revolution about z; `profile` is [radius, z] from the bottom of the axis to its top. */
export function lathe(profile, segments = 48) {
  const points = profile.map(([r, z]) => new Vector2(r, z));
  return outwards(new LatheGeometry(points, segments).rotateX(quarter));
}

/** Points of a profile that goes through `corners` ([radius, z, fillet]) with round corners. */
export function filleted(corners, steps = 3) {
  const profile = [];
  for (const [i, [r, z, fillet = 0]] of corners.entries()) {
    const before = corners[i - 1];
    const after = corners[i + 1];
    if (fillet === 0 || before === undefined || after === undefined) {
      profile.push([r, z]);
      continue;
    }
    const toward = (corner) => {
      const length = Math.hypot(corner[0] - r, corner[1] - z);
      const share = Math.min(fillet, length / 2) / length;
      return [r + (corner[0] - r) * share, z + (corner[1] - z) * share];
    };
    const from = toward(before);
    const to = toward(after);
    for (let step = 0; step <= steps; step += 1) {
      const t = step / steps;
      const mix = (k) => (1 - t) ** 2 * from[k] + 2 * t * (1 - t) * [r, z][k] + t ** 2 * to[k];
      profile.push([mix(0), mix(1)]);
    }
  }
  return profile;
}

/** A cylinder about z from z0 to z1 with rounded edges. */
export function can(radius, z0, z1, fillet = 0.004, segments = 48) {
  return lathe(
    filleted([
      [0, z0],
      [radius, z0, fillet],
      [radius, z1, fillet],
      [0, z1],
    ]),
    segments,
  );
}

/** A ring about z with a rectangular section. */
export function ring(inner, outer, z0, z1, segments = 48) {
  const profile = [
    [inner, z0],
    [outer, z0],
    [outer, z1],
    [inner, z1],
    [inner, z0],
  ];
  return lathe(profile, segments);
}

/** Screw heads on a circle about z: hexagonal studs, standing up from z. */
export function boltCircle(count, circle, z, size = 0.004, height = 0.003) {
  const bolts = [];
  for (let i = 0; i < count; i += 1) {
    const turn = (2 * Math.PI * (i + 0.5)) / count;
    bolts.push(at(can(size, z, z + height, 0, 6), [circle * Math.cos(turn), circle * Math.sin(turn), 0]));
  }
  return join(...bolts);
}

export function box(x, y, z, radius = 0.004, segments = radius > 0.003 ? 2 : 1) {
  const solid = radius > 0 ? new RoundedBoxGeometry(x, y, z, segments, radius) : new BoxGeometry(x, y, z);
  return outwards(solid);
}

/** A flat outline ([u, v] points) given a thickness along z from 0 up, with chamfered edges. */
export function plate(outline, thickness, chamfer = 0.003) {
  const shape = new Shape(outline.map(([u, v]) => new Vector2(u, v)));
  const solid = new ExtrudeGeometry(shape, {
    depth: thickness - 2 * chamfer,
    bevelEnabled: chamfer > 0,
    bevelThickness: chamfer,
    bevelSize: chamfer,
    bevelOffset: -chamfer,
    bevelSegments: 2,
    steps: 1,
  });
  return outwards(solid.translate(0, 0, chamfer));
}

/** The outline of a rectangle about the origin with round corners. */
export function roundedOutline(width, height, radius, steps = 6) {
  const outline = [];
  for (const [sx, sy, start] of [
    [1, 1, 0],
    [-1, 1, 1],
    [-1, -1, 2],
    [1, -1, 3],
  ]) {
    for (let step = 0; step <= steps; step += 1) {
      const turn = quarter * (start + step / steps);
      outline.push([
        sx * (width / 2 - radius) + radius * Math.cos(turn),
        sy * (height / 2 - radius) + radius * Math.sin(turn),
      ]);
    }
  }
  return outline;
}

/** z turned to +x, −x, +y or −y. */
export const toX = (solid) => solid.rotateY(quarter);
export const toMinusX = (solid) => solid.rotateY(-quarter);
export const toY = (solid) => solid.rotateX(-quarter);
export const toMinusY = (solid) => solid.rotateX(quarter);

export function at(solid, [x, y, z]) {
  return solid.translate(x, y, z);
}

export function join(...solids) {
  return mergeGeometries(solids.map(bare));
}

/** Mirrored at the plane y = 0. */
export function mirroredY(solid) {
  return outwards(bare(solid).scale(1, -1, 1));
}

/** Positions only, three to a triangle. */
function bare(solid) {
  const flat = solid.index === null ? solid : solid.toNonIndexed();
  return new BufferGeometry().setAttribute("position", flat.getAttribute("position").clone());
}

function outwards(solid) {
  const flat = bare(solid);
  const p = flat.getAttribute("position").array;
  let volume = 0;
  for (let i = 0; i < p.length; i += 9) {
    volume += p[i] * (p[i + 4] * p[i + 8] - p[i + 5] * p[i + 7]);
    volume += p[i + 1] * (p[i + 5] * p[i + 6] - p[i + 3] * p[i + 8]);
    volume += p[i + 2] * (p[i + 3] * p[i + 7] - p[i + 4] * p[i + 6]);
  }
  if (volume >= 0) return flat;
  for (let i = 0; i < p.length; i += 9) {
    for (let k = 0; k < 3; k += 1) [p[i + 3 + k], p[i + 6 + k]] = [p[i + 6 + k], p[i + 3 + k]];
  }
  return flat;
}
