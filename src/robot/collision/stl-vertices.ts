import { type Result, refused } from "../../core/result.ts";
import { asciiOf, mostVertices, readVertexLines } from "./mesh-text.ts";

const header = 84;
const facetSize = 50;

/**
 * The corners of an STL's facets, binary or ASCII. Binary: 80 bytes, the count of facets (uint32), then 50 bytes a
 * facet: normal, three corners (float32, little-endian), 2 bytes more.
 */
export function readStlVertices(bytes: Uint8Array): Result<Float64Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length >= header ? view.getUint32(header - 4, true) : 0;
  // Binary files may begin with "solid", too: the size tells.
  if (bytes.length >= header && bytes.length === header + facetSize * count) return binary(view, count);
  if (asciiOf(bytes.subarray(0, 512)).trimStart().startsWith("solid")) return ascii(asciiOf(bytes));
  if (bytes.length < header) return refused(`an STL has at least ${header} bytes, this file ${bytes.length}`);
  const wanted = header + facetSize * count;
  if (bytes.length < wanted) {
    return refused(
      `${count} facets need ${wanted} bytes, but the file ends after ${bytes.length}: it is cut off`,
    );
  }
  return binary(view, count);
}

function binary(view: DataView, count: number): Result<Float64Array> {
  if (3 * count > mostVertices) {
    return refused(`the STL has ${count} facets; at most ${mostVertices} vertices are read`);
  }
  const vertices = new Float64Array(9 * count);
  for (let facet = 0; facet < count; facet += 1) {
    const at = header + facetSize * facet + 12;
    for (let k = 0; k < 9; k += 1) vertices[9 * facet + k] = view.getFloat32(at + 4 * k, true);
  }
  return { ok: true, value: vertices };
}

function ascii(text: string): Result<Float64Array> {
  const lines = readVertexLines(text, "vertex", true);
  if (!lines.ok) return lines;
  const { values, last } = lines.value;
  const isClosed = last.toLowerCase().startsWith("endsolid");
  if (isClosed && values.length % 9 === 0) return { ok: true, value: values };
  const reason = isClosed ? "a facet has not three corners" : "it ends without endsolid";
  return refused(`the STL is cut off or damaged: ${reason} (${values.length / 3} vertices were read)`);
}
