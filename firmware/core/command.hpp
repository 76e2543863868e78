#pragma once
#include <stddef.h>
#include <stdint.h>

namespace twin {

/// A command payload, read and checked for its form only.
struct Command {
  static constexpr size_t kMaxIdBytes = 64;

  /// UTF-8, not terminated; of size 0 when there was none or a longer one.
  char id[kMaxIdBytes];
  uint8_t idSize = 0;
  bool hasId = false;

  /// All required members were there with the right types.
  bool isWellFormed = false;

  uint32_t seq = 0;
  /// Number of the newest telemetry that the sender had seen.
  uint32_t ref = 0;
  /// Time to live, 1 to 60000 ms.
  uint32_t ttlMs = 0;

  /// `signals` was exactly `target`.
  bool isTarget = false;
  /// Wanted position, m or rad; infinite when the number was too great.
  float target = 0.0F;
};

/// Reads `{"id":…,"seq":…,"ref":…,"ttl_ms":…,"signals":{…}}`; other members are read over.
void readCommand(const uint8_t* json, size_t size, Command& command);

}  // namespace twin
