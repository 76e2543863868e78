import { parse } from "@foxglove/rosmsg";
import { MessageWriter } from "@foxglove/rosmsg2-serialization";
import { type FindMessageText, rosSchemaText } from "../../../../src/protocol/ros-schema-text.ts";

/** The CDR bytes of a message of `type`, written by the library that others use. */
export function cdrOf(type: string, message: object, find?: FindMessageText): Uint8Array {
  const writer = new MessageWriter(parse(rosSchemaText(type, find) ?? "", { ros2: true }));
  return writer.writeMessage(message);
}

const header = { stamp: { sec: 12, nsec: 500_000_000 }, frame_id: "laser" };
export const origin = { position: { x: 1, y: 2, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } };

export function scanMessage(ranges: readonly number[], more: object = {}) {
  return {
    header,
    ...{ angle_min: -1, angle_max: 1, angle_increment: 0.5, time_increment: 0, scan_time: 0.1 },
    ...{ range_min: 0.1, range_max: 10, ranges, intensities: [] },
    ...more,
  };
}

/** A cloud of float32 points x y z, and a uint32 of colour where there are colours. */
export function cloudMessage(points: readonly (readonly number[])[], colours: readonly number[] = []) {
  const step = colours.length > 0 ? 16 : 12;
  const data = new Uint8Array(points.length * step);
  const view = new DataView(data.buffer);
  for (const [i, point] of points.entries()) {
    for (const [k, value] of point.entries()) view.setFloat32(i * step + 4 * k, value, true);
    if (colours.length > 0) view.setUint32(i * step + 12, colours[i] as number, true);
  }
  const fields = ["x", "y", "z"].map((name, k) => ({ name, offset: 4 * k, datatype: 7, count: 1 }));
  if (colours.length > 0) fields.push({ name: "rgb", offset: 12, datatype: 7, count: 1 });
  return {
    header,
    ...{ height: 1, width: points.length, fields, is_bigendian: false },
    ...{ point_step: step, row_step: step * points.length, data, is_dense: true },
  };
}

export function gridMessage(width: number, height: number, data: Int8Array, more: object = {}) {
  const map_load_time = { sec: 0, nsec: 0 };
  return { header, info: { map_load_time, resolution: 0.05, width, height, origin, ...more }, data };
}

export function imageMessage(
  width: number,
  height: number,
  encoding: string,
  data: Uint8Array,
  step: number,
) {
  return { header, height, width, encoding, is_bigendian: 0, step, data };
}
