import type { Result } from "../core/result.ts";
import type { Stamp } from "../core/stamp.ts";
import { readCdr } from "./cdr-message.ts";

/** One value under a property path of the robot, in SI. */
export type NamedValue = { path: string; unit: string; value: number | string | boolean };

/** The values of one sensor message. What is not measured (NaN, or an unknown state) is left out. */
export type SensorMessage = { stamp: Stamp; values: NamedValue[] };

type Header = { stamp: Stamp };
type Xyz = { x: number; y: number; z: number };

const chargingStates = ["unknown", "charging", "discharging", "not charging", "full"];
const diagnosticLevels = ["ok", "warn", "error", "stale"];
const maxStatuses = 256;

/** sensor_msgs/BatteryState: V, A (negative while discharging), °C, A·h, and the charge as a share 0 … 1. */
export function decodeBattery(bytes: Uint8Array): Result<SensorMessage> {
  const result = readCdr<{
    header: Header;
    voltage: number;
    current: number;
    temperature: number;
    charge: number;
    capacity: number;
    percentage: number;
    power_supply_status: number;
    present: boolean;
  }>("sensor_msgs/BatteryState", bytes);
  if (!result.ok) return result;
  const b = result.value;
  const values: NamedValue[] = [];
  number(values, "battery/voltage", "V", b.voltage);
  number(values, "battery/current", "A", b.current);
  number(values, "battery/temperature", "°C", b.temperature);
  number(values, "battery/charge", "A·h", b.charge);
  number(values, "battery/capacity", "A·h", b.capacity);
  number(values, "battery/percentage", "", b.percentage);
  const state = chargingStates[b.power_supply_status];
  if (state !== undefined) values.push({ path: "battery/state", unit: "", value: state });
  values.push({ path: "battery/present", unit: "", value: b.present });
  return { ok: true, value: { stamp: b.header.stamp, values } };
}

/** sensor_msgs/Imu: a unit quaternion, rad/s and m/s². A first covariance of −1 says "not measured". */
export function decodeImu(bytes: Uint8Array): Result<SensorMessage> {
  const result = readCdr<{
    header: Header;
    orientation: Xyz & { w: number };
    orientation_covariance: ArrayLike<number>;
    angular_velocity: Xyz;
    angular_velocity_covariance: ArrayLike<number>;
    linear_acceleration: Xyz;
    linear_acceleration_covariance: ArrayLike<number>;
  }>("sensor_msgs/Imu", bytes);
  if (!result.ok) return result;
  const imu = result.value;
  const values: NamedValue[] = [];
  const { x, y, z, w } = imu.orientation;
  // Three of four numbers are no rotation.
  if (imu.orientation_covariance[0] !== -1 && Number.isFinite(x + y + z + w)) {
    for (const axis of ["x", "y", "z", "w"] as const) {
      number(values, `imu/orientation/${axis}`, "", imu.orientation[axis]);
    }
  }
  for (const axis of ["x", "y", "z"] as const) {
    if (imu.angular_velocity_covariance[0] !== -1) {
      number(values, `imu/angular_velocity/${axis}`, "rad/s", imu.angular_velocity[axis]);
    }
    if (imu.linear_acceleration_covariance[0] !== -1) {
      number(values, `imu/linear_acceleration/${axis}`, "m/s²", imu.linear_acceleration[axis]);
    }
  }
  return { ok: true, value: { stamp: imu.header.stamp, values } };
}

/** diagnostic_msgs/DiagnosticArray: a line a status, `<level>: <message>` (REP-107). */
export function decodeDiagnostics(bytes: Uint8Array): Result<SensorMessage> {
  const result = readCdr<{ header: Header; status: { level: number; name: string; message: string }[] }>(
    "diagnostic_msgs/DiagnosticArray",
    bytes,
  );
  if (!result.ok) return result;
  const { status, header } = result.value;
  const values = status.slice(0, maxStatuses).map(({ level, name, message }) => ({
    path: `diagnostics/${name.slice(0, 256)}`,
    unit: "",
    value: `${diagnosticLevels[level] ?? level}: ${message.slice(0, 1024)}`,
  }));
  const value = { stamp: header.stamp, values };
  if (status.length <= maxStatuses) return { ok: true, value };
  const leftOut = `${status.length} statuses in one message; those after the first ${maxStatuses} are left out`;
  return { ok: true, value, leftOut };
}

function number(values: NamedValue[], path: string, unit: string, value: number): void {
  if (Number.isFinite(value)) values.push({ path, unit, value });
}
