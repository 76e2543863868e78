import { type Result, refused } from "../../core/result.ts";
import { readColladaVertices } from "./collada-vertices.ts";
import { readObjVertices } from "./obj-vertices.ts";
import { readStlVertices } from "./stl-vertices.ts";

/** Above this a mesh is refused, as above `mostVertices`. */
const mostBytes = 128 * 1024 * 1024;

/**
 * The vertices of a mesh file, 3 numbers each, in its own frame and unit (Collada: in m), as its name's ending
 * says: STL, OBJ or DAE. Vertices may come several times. A file that is cut off, holds what is no number or no vertex
 * at all is refused with the reason; nothing throws.
 */
export function readMeshVertices(bytes: Uint8Array, name: string): Result<Float64Array> {
  if (bytes.length > mostBytes) {
    return refused(`the mesh has ${bytes.length} bytes; at most ${mostBytes} are read`);
  }
  const ending = /\.([^.]*)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const read = readers[ending];
  if (read === undefined) {
    return refused(`"${name}" is of no mesh type that is read: .stl, .obj or .dae`);
  }
  const vertices = read(bytes);
  if (!vertices.ok) return vertices;
  if (vertices.value.length === 0) return refused("the mesh has no vertex");
  const odd = vertices.value.findIndex((value) => !Number.isFinite(value));
  if (odd === -1) return vertices;
  return refused(`${vertices.value[odd]} is no coordinate`, `vertex ${Math.floor(odd / 3)}`);
}

const readers: Record<string, (bytes: Uint8Array) => Result<Float64Array>> = {
  __proto__: null as never,
  stl: readStlVertices,
  obj: readObjVertices,
  dae: readColladaVertices,
};
