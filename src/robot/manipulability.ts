import { factorize } from "./dynamics/cholesky.ts";

const square = new Float64Array(36);

/**
 * Yoshikawa's measure √det(J Jᵀ) of a frame's Jacobian (6 rows of nv numbers; Manipulability of robotic
 * mechanisms, 1985): how far from a pose in which some direction is lost. It mixes m and rad, so only values of
 * one robot compare. 0 in a singular pose and for fewer than six moving joints.
 */
export function manipulability(jacobian: Float64Array, nv: number): number {
  for (let a = 0; a < 6; a += 1) {
    for (let b = 0; b <= a; b += 1) {
      let sum = 0;
      for (let i = 0; i < nv; i += 1) {
        sum += (jacobian[a * nv + i] as number) * (jacobian[b * nv + i] as number);
      }
      square[6 * a + b] = sum;
    }
  }
  if (!factorize(square, 6)) return 0;
  let product = 1;
  for (let k = 0; k < 6; k += 1) product *= square[7 * k] as number;
  return product;
}
