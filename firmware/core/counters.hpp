#pragma once
#include <stdint.h>

namespace twin {

/// What went wrong so far, counted from the boot, each wrapping at 2^32.
struct Counters {
  /// Inbound packets that were too large and were skipped.
  uint32_t oversize = 0;
  /// Connections ended because the other side broke MQTT or refused what the device needs.
  uint32_t violations = 0;
  /// Sessions that were established and lost.
  uint32_t lostSessions = 0;
  /// Answers to commands that the transport had no room for.
  uint32_t droppedAcks = 0;
  /// Control steps that came more than 50 ms late.
  uint32_t overruns = 0;
};

}  // namespace twin
