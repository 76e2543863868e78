// Binary STL: 80 bytes of header, the number of triangles, then 50 bytes each (normal, corners, 0).

/** `solid` is a geometry with positions only, three to a triangle. Triangles without area are left out. */
export function binaryStl(solid) {
  const p = solid.getAttribute("position").array;
  const triangles = [];
  for (let i = 0; i < p.length; i += 9) {
    const [ax, ay, az] = [p[i + 3] - p[i], p[i + 4] - p[i + 1], p[i + 5] - p[i + 2]];
    const [bx, by, bz] = [p[i + 6] - p[i], p[i + 7] - p[i + 1], p[i + 8] - p[i + 2]];
    const normal = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
    const length = Math.hypot(...normal);
    if (length < 1e-12) continue;
    triangles.push([...normal.map((part) => part / length), ...p.subarray(i, i + 9)]);
  }
  const bytes = Buffer.alloc(84 + 50 * triangles.length);
  bytes.write("twinbridge, metres, z up", "ascii");
  bytes.writeUInt32LE(triangles.length, 80);
  for (const [i, numbers] of triangles.entries()) {
    for (const [k, number] of numbers.entries()) bytes.writeFloatLE(number, 84 + 50 * i + 4 * k);
  }
  return bytes;
}
