#pragma once
#include <stdint.h>

namespace twin {

/// What one joint's device is called, what it drives and how: fixed for the life of a `Device`, which keeps
/// a reference to it and to its texts.
struct Config {
  /// Name of the device on MQTT: 1 to 64 of A-Z a-z 0-9 _ . -, the first a letter or digit.
  const char* id = "";

  /// Version of the image, as the birth says it; up to 64 bytes.
  const char* firmware = "";

  /// Id of the robot the device belongs to, up to 64 bytes; null: the first.
  const char* robot = nullptr;

  /// URDF link the device sits on, up to 64 bytes; null: only the joint is named.
  const char* link = nullptr;

  /// URDF joint it moves, 1 to 64 bytes.
  const char* joint = "";

  /// A prismatic joint counts in m and m/s, any other in rad and rad/s. Below "unit" is m or rad.
  bool isPrismatic = false;

  /// Least target that is taken, in units.
  float lower = 0.0F;

  /// Greatest target that is taken, in units.
  float upper = 0.0F;

  /// Greatest speed of the reference on its way to a target, in units/s.
  float maxVelocity = 0.0F;

  /// Greatest acceleration of the reference, in units/s².
  float maxAcceleration = 0.0F;

  /// Duty per unit of position error.
  float kp = 0.0F;

  /// Duty per unit·s of position error; 0: no integral part.
  float ki = 0.0F;

  /// Duty per unit/s of the reference's velocity (feed-forward).
  float kff = 0.0F;

  /// Duty per unit/s² of the reference's acceleration (feed-forward): kff times the drive's lag in s. It makes up for
  /// the lag; without it the integral part does, and runs past the target.
  float kaff = 0.0F;

  /// Period of the control step, 100 to 20000 µs.
  uint32_t controlPeriodUs = 1000;

  /// Period of telemetry, 10 to 500 ms: commands refer to telemetry of the last 600 ms.
  uint32_t telemetryPeriodMs = 100;

  /// Longest life of an accepted target in ms, 10 to 250; a command's `ttl_ms` can only shorten it.
  uint32_t failsafeAfterMs = 250;

  /// Supply in V under which the joint is not driven; a supply that is not measured is under it. 0: not judged.
  float minSupplyV = 0.0F;

  /// User name for the broker, up to 128 bytes; null: none.
  const char* username = nullptr;

  /// Password for the broker, up to 512 bytes, only with a user name; null: none.
  const char* password = nullptr;
};

/// What is wrong with a configuration, in English; null when it can be run. A `Device` with a fault never
/// connects and never moves.
const char* configFault(const Config& config);

}  // namespace twin
