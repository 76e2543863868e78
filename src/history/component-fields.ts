import type { RowSeries } from "./sink-row.ts";

const pose = ["x", "y", "z", "qx", "qy", "qz", "qw"];
const twist = ["linear_x", "linear_y", "linear_z", "angular_x", "angular_y", "angular_z"];

/** The names of fields or columns for the numbers of a value. */
export function componentFields(kind: RowSeries["valueKind"]): readonly string[] {
  switch (kind) {
    case "pose":
      return pose;
    case "twist":
      return twist;
    default:
      return ["value"];
  }
}
