import type { Result } from "../../core/result.ts";
import { asciiOf, readVertexLines } from "./mesh-text.ts";

/** All `v` lines of a Wavefront OBJ; what follows the three coordinates (weight, colour) is not used. */
export function readObjVertices(bytes: Uint8Array): Result<Float64Array> {
  const lines = readVertexLines(asciiOf(bytes), "v", false);
  return lines.ok ? { ok: true, value: lines.value.values } : lines;
}
