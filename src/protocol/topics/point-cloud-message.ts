/** sensor_msgs/PointField. */
export type PointField = { name: string; offset: number; datatype: number; count: number };

/** sensor_msgs/PointCloud2. */
export type PointCloud = {
  height: number;
  width: number;
  fields: PointField[];
  is_bigendian: boolean;
  point_step: number;
  row_step: number;
  data: Uint8Array;
};

/** Size in bytes of each datatype of PointField. */
export const fieldBytes: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 8: 8 };
const mostPoints = 50_000_000;

/** The field at fault and what is wrong with it. */
export function layoutFault(cloud: PointCloud): [string, string] | null {
  const { width, height, fields, point_step: step, row_step: row, data } = cloud;
  for (const name of ["x", "y", "z"]) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) return ["fields", `there is no field ${name}`];
    if (field.datatype !== 7 && field.datatype !== 8)
      return [`fields.${name}`, "it is no float32 or float64"];
  }
  for (const { name, offset, datatype, count } of fields) {
    const size = fieldBytes[datatype];
    if (size === undefined) return [`fields.${name}`, `there is no datatype ${datatype}`];
    if (offset + size * Math.max(1, count) > step) return [`fields.${name}`, "it ends behind its point"];
  }
  if (width * height > mostPoints) return ["width", `${width * height} points are too many`];
  if (height > 0 && row < width * step) return ["row_step", `${row} bytes are too few for ${width} points`];
  const needed = height === 0 ? 0 : (height - 1) * row + width * step;
  if (data.byteLength < needed) return ["data", `${data.byteLength} bytes, but ${needed} are needed`];
  return null;
}
