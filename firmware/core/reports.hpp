#pragma once
#include <stdint.h>

#include "command.hpp"
#include "config.hpp"
#include "failsafe.hpp"
#include "writer.hpp"

namespace twin {

/// What one telemetry says. A value that is NaN is left out. Position and target are m or rad.
struct Telemetry {
  uint32_t boot;
  /// Counts from 0 at each boot.
  uint32_t n;
  uint64_t timeUs;
  float position;
  float velocity;
  float target;
  /// -1 to 1.
  float duty;
  float supplyV;
  State state;
  Cause cause;
};

/// Writes the birth: what the device is and which signals it has.
void writeBirth(Writer& to, const Config& config, uint32_t boot, bool hasSupply);

void writeTelemetry(Writer& to, const Telemetry& telemetry);

/// Writes the answer to a command; `lastSeq` is told to the sender of a replay, who so finds back to numbers that
/// are taken. A `reason` of "" is consent.
void writeAck(Writer& to, const Command& command, const char* reason, const uint32_t* lastSeq);

}  // namespace twin
