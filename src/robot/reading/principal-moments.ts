import type { Inertial } from "../description.ts";

/**
 * The three principal moments of inertia in kg·m², smallest first: the eigenvalues of the symmetric
 * 3×3 inertia matrix, by the trigonometric solution of its characteristic polynomial (Smith 1961).
 */
export function principalMoments(inertia: Inertial["inertia"]): [number, number, number] {
  const { ixx, ixy, ixz, iyy, iyz, izz } = inertia;
  const mean = (ixx + iyy + izz) / 3;
  const off = ixy * ixy + ixz * ixz + iyz * iyz;
  const [dx, dy, dz] = [ixx - mean, iyy - mean, izz - mean];
  const p = Math.sqrt((dx * dx + dy * dy + dz * dz + 2 * off) / 6);
  if (p === 0) return [mean, mean, mean];
  const determinant =
    dx * (dy * dz - iyz * iyz) - ixy * (ixy * dz - iyz * ixz) + ixz * (ixy * iyz - dy * ixz);
  const cosine = Math.min(1, Math.max(-1, determinant / (2 * p * p * p)));
  const third = Math.acos(cosine) / 3;
  const largest = mean + 2 * p * Math.cos(third);
  const smallest = mean + 2 * p * Math.cos(third + (2 * Math.PI) / 3);
  return [smallest, 3 * mean - largest - smallest, largest];
}

/**
 * Why no rigid body can have these moments; null when one can. The sum of any two principal moments
 * is at least the third (equal for a flat plate); 1e-6 of the largest is left for printed digits.
 */
export function inertiaFault(inertia: Inertial["inertia"]): string | null {
  const [a, b, c] = principalMoments(inertia);
  const slack = 1e-6 * Math.max(Math.abs(a), Math.abs(c));
  if (Math.max(Math.abs(a), Math.abs(c)) < 1e-20)
    return "the inertia is zero, as of a point; give the body's own";
  if (a < -slack) return `a principal moment of inertia is negative (${short(a)}); all should be positive`;
  if (a + b < c - slack) {
    return `the principal moments ${short(a)}, ${short(b)}, ${short(c)} break the triangle rule: no body has them`;
  }
  return null;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
