import { describe, expect, it } from "vitest";
import { decodeBattery, decodeDiagnostics, decodeImu } from "../../../src/protocol/ros-sensors.ts";
import { cdrOf, header } from "./cdr.ts";

const battery = {
  header,
  voltage: 24.5,
  temperature: Number.NaN,
  current: -1.25,
  charge: Number.NaN,
  capacity: Number.NaN,
  design_capacity: Number.NaN,
  percentage: 0.5,
  power_supply_status: 2,
  power_supply_health: 0,
  power_supply_technology: 0,
  present: true,
  cell_voltage: [],
  cell_temperature: [],
  location: "",
  serial_number: "",
};

describe("sensor messages", () => {
  it("give a battery's values, and leave out what it does not measure", () => {
    const decoded = decodeBattery(cdrOf("sensor_msgs/BatteryState", battery));
    expect(decoded).toMatchObject({ ok: true, value: { stamp: header.stamp } });
    const values = decoded.ok ? Object.fromEntries(decoded.value.values.map((v) => [v.path, v.value])) : {};
    expect(values).toEqual({
      "battery/voltage": 24.5,
      "battery/current": -1.25,
      "battery/percentage": 0.5,
      "battery/state": "discharging",
      "battery/present": true,
    });
  });

  it("give no orientation of an IMU that says it has none", () => {
    const none = new Float64Array(9);
    none[0] = -1;
    const decoded = decodeImu(
      cdrOf("sensor_msgs/Imu", {
        header,
        orientation: { x: 0, y: 0, z: 0, w: 1 },
        orientation_covariance: none,
        angular_velocity: { x: 0.1, y: 0, z: 0 },
        angular_velocity_covariance: new Float64Array(9),
        linear_acceleration: { x: 0, y: 0, z: 9.81 },
        linear_acceleration_covariance: new Float64Array(9),
      }),
    );
    const paths = decoded.ok ? decoded.value.values.map((v) => v.path) : [];
    expect(paths.some((path) => path.startsWith("imu/orientation"))).toBe(false);
    expect(paths).toContain("imu/angular_velocity/x");
    expect(paths).toContain("imu/linear_acceleration/z");
  });

  it("give a line for each diagnostic status with its level", () => {
    const status = { level: 2, name: "motor: left", message: "too hot", hardware_id: "", values: [] };
    const decoded = decodeDiagnostics(cdrOf("diagnostic_msgs/DiagnosticArray", { header, status: [status] }));
    expect(decoded).toMatchObject({
      ok: true,
      value: { values: [{ path: "diagnostics/motor: left", value: "error: too hot" }] },
    });
  });

  it("are refused when they are cut short", () => {
    const whole = cdrOf("sensor_msgs/BatteryState", battery);
    for (const length of [0, 3, 10, 40]) expect(decodeBattery(whole.slice(0, length)).ok).toBe(false);
  });
});
